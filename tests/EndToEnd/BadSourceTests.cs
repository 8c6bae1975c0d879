using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>What is wrong on the source host is said there, and the target is not touched.</summary>
public sealed class BadSourceTests
{
    [Fact]
    public async Task What_cannot_be_released_is_refused_with_what_to_do()
    {
        await using var scene = await Scene.OpenAsync();
        var before = scene.Picture();
        var empty = Directory.CreateDirectory(Path.Combine(scene.Folder, "empty")).FullName;
        var fresh = Directory.CreateDirectory(Path.Combine(scene.Folder, "fresh")).FullName;
        await Programs.OutputOfAsync(fresh, "git", "init", "-q");

        (await scene.PushAsync("--repo", empty)).Exits(2).Says("next:");
        (await scene.PushAsync("--repo", Path.Combine(scene.Folder, "nowhere"))).Exits(2).Says("no folder");
        (await scene.PushAsync("--repo", fresh)).Exits(2).Says("no commit");
        (await scene.PushAsync("no-such-branch")).Exits(2).Says("no-such-branch");
        (await scene.PushAsync("--slot", "../up")).Exits(2).Says("--slot");
        (await scene.PushAsync("--without", "everything")).Exits(2).Says("everything");
        (await scene.CliAsync("pusch")).Exits(2).Says("push");

        Assert.Equal(before, scene.Picture());
        Assert.DoesNotContain(scene.Ledger, e => e.Operation.Length > 0);
    }

    [Fact]
    public async Task A_bad_configuration_is_named_by_line_column_and_nearest_key()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", "name: app\nsmok:\n  - run: [sh, smoke.sh]\nkeep: many\n");
        await scene.Payload.CommitAsync("bad");

        (await scene.PushAsync()).Exits(2).Says("iucutter.yaml:2:1").Says("smoke").Says("iucutter.yaml:4:7").Says("docs/configuration.md");
    }

    [Fact]
    public async Task An_unclean_tree_is_told_and_blocks_where_the_configuration_says_so()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("app.txt", "not committed\n");

        var run = (await scene.PushAsync("--verbose")).Exits(0).Says("1 path not committed, so not released").Says("it is known what the work tree holds");
        Assert.DoesNotContain("holds nothing that the commit does not", run.All, StringComparison.Ordinal);
        Assert.Equal("version 1\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));

        scene.Payload.Write("iucutter.yaml", Payload.Yaml("source: { clean: required }"));
        await scene.Payload.CommitAsync("strict");
        scene.Payload.Write("app.txt", "not committed again\n");
        (await scene.PushAsync()).Exits(3).Says("G0").Says("1 path not committed, so not released: app.txt").Says("verdict B");
        scene.Payload.Write("another.txt", "");
        (await scene.PushAsync()).Exits(3).Says("2 paths not committed, so not released; the first is app.txt");
    }

    [Theory]
    [InlineData(true, "the push goes by the commit's")]
    [InlineData(false, "the push goes by a commit that has none")]
    public async Task A_configuration_that_is_not_committed_is_said_not_to_count(bool isInCommit, string said)
    {
        await using var scene = await Scene.OpenAsync();
        if (!isInCommit)
        {
            File.Delete(Path.Combine(scene.Payload.Folder, "iucutter.yaml"));
            await scene.Payload.CommitAsync("without");
        }

        scene.Payload.Write("iucutter.yaml", Payload.Yaml("keep: 7"));

        (await scene.PushAsync(isInCommit ? [] : ["--without", "test", "--without", "smoke"])).Exits(0).Says("iucutter.yaml in the work tree is not committed").Says(said);
    }

    [Fact]
    public async Task A_secret_in_the_tree_stops_the_push_and_is_never_shown()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("deploy.cfg", "url = postgres://app:Sup3rS3cretValue@db.internal/app\n");
        scene.Payload.Write(".env", "TOKEN=1\n");
        await scene.Payload.CommitAsync("oops");

        var run = (await scene.PushAsync()).Exits(3).Says(".env").Says("deploy.cfg").Says("forbid.allow");

        Assert.DoesNotContain("Sup3rS3cretValue", run.All, StringComparison.Ordinal);
        Assert.DoesNotContain(scene.Ledger, e => e.Operation.Length > 0);
        (await scene.CliAsync("pack", "-o", Path.Combine(scene.Folder, "a.tar"))).Exits(3);
        Assert.False(File.Exists(Path.Combine(scene.Folder, "a.tar")));
    }

    [Fact]
    public async Task Failing_tests_on_the_source_host_leave_the_target_alone()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("test.sh", "echo 1..2; echo ok 1; echo not ok 2; exit 1");
        await scene.Payload.CommitAsync("red");

        (await scene.PushAsync()).Exits(3).Says("1/2 passed, 1 failed").Says("nothing was begun on the target");

        Assert.Empty(scene.Releases);
    }

    [Fact]
    public async Task Without_an_agent_the_target_is_unreachable_at_once()
    {
        await using var scene = await Scene.WithoutAgentAsync();

        (await scene.PushAsync()).Exits(5).Says("iucutter-agent serve");
        (await scene.CliAsync("status")).Exits(5);
        (await scene.CliAsync("status", "--target", "http://127.0.0.1:1")).Exits(5);
        (await scene.CliAsync("status", "--target", "http://example.org:80")).Exits(2).Says("127.0.0.1");
    }

    [Fact]
    public async Task A_repository_without_tests_is_blocked_until_the_gap_is_accepted_by_name()
    {
        await using var scene = await Scene.OpenAsync();
        File.Delete(Path.Combine(scene.Payload.Folder, "iucutter.yaml"));
        await scene.Payload.CommitAsync("no configuration");

        (await scene.PushAsync()).Exits(3).Says("--without test");

        (await scene.PushAsync("--without", "test", "--without", "smoke")).Exits(0).Says("PARTIAL").Says("no-test");
    }
}
