using IuCutter.Gates;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Reports, their verification without a target, and a ledger that someone wrote anew.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task A_report_made_here_is_byte_for_byte_the_one_that_the_target_wrote_and_verifies_without_it()
    {
        await using var scene = await PushedAsync();
        var report = await ReportAsync(scene);
        var theirs = Directory.GetDirectories(Path.Combine(scene.State, "operations")).Single();

        foreach (var file in Directory.GetFiles(report).Where(f => Path.GetFileName(f) is not ("receipt.json" or "attestations.intoto.jsonl")))
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(theirs, Path.GetFileName(file))), await File.ReadAllBytesAsync(file));
        }

        await scene.Agent.KillAsync();
        (await scene.CliAsync("verify", report)).Exits(0).Says("the rules give every outcome and verdict A from them again");
        (await scene.CliAsync("verify", theirs)).Exits(0);
        (await scene.CliAsync("verify", Path.Combine(report, "ledger.jsonl"))).Exits(0).Says("none changed, removed, moved or cut off");
    }

    [Fact]
    public async Task An_edit_of_any_file_of_a_report_is_found()
    {
        await using var scene = await PushedAsync();
        var report = await ReportAsync(scene);

        foreach (var file in Directory.GetFiles(report))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var changed in (byte[][])[[.. bytes, (byte)'.'], bytes[..^2], [], Flipped(bytes, bytes.Length / 2)])
            {
                await File.WriteAllBytesAsync(file, changed);
                (await scene.CliAsync("verify", report)).Exits(3);
            }

            File.Delete(file);
            Assert.NotEqual(0, (await scene.CliAsync("verify", report)).ExitCode);
            await File.WriteAllBytesAsync(file, bytes);
        }

        await File.WriteAllTextAsync(Path.Combine(report, "00-read-me-first.md"), "all is well");
        (await scene.CliAsync("verify", report)).Exits(3).Says("is no part of a report");
    }

    [Fact]
    public async Task A_file_of_a_report_that_is_a_link_or_a_pipe_is_none_even_where_it_says_the_right_thing()
    {
        await using var scene = await PushedAsync();
        var report = await ReportAsync(scene);
        (await scene.CliAsync("verify", report)).Exits(0);

        foreach (var file in Directory.GetFiles(report))
        {
            var elsewhere = Path.Combine(scene.Folder, "elsewhere");
            File.Move(file, elsewhere);
            File.CreateSymbolicLink(file, elsewhere);
            (await scene.CliAsync("verify", report)).Exits(3).Says($"{Path.GetFileName(file)} is a link to {elsewhere}");
            File.Delete(file);
            File.Move(elsewhere, file);
        }

        var page = Path.Combine(report, "report.html");
        File.Delete(page);
        await Programs.OutputOfAsync(report, "mkfifo", page);
        (await scene.CliAsync("verify", report)).Exits(3).Says("report.html is no plain file");
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("dangling link")]
    [InlineData("empty")]
    [InlineData("garbage")]
    [InlineData("a file for its folder")]
    public async Task A_kept_head_that_somebody_put_something_else_in_place_of_stops_a_push_before_it_begins(string what)
    {
        await using var scene = await PushedAsync();
        var targets = Path.Combine(scene.Folder, "mine", "iucutter", "targets");
        var head = Assert.Single(Directory.GetFiles(targets));
        var before = scene.Ledger.Count;
        File.Delete(head);
        switch (what)
        {
            case "folder":
                Directory.CreateDirectory(head);
                break;
            case "dangling link":
                File.CreateSymbolicLink(head, "/nowhere/at/all");
                break;
            case "a file for its folder":
                Directory.Delete(targets);
                await File.WriteAllTextAsync(targets, "");
                break;
            default:
                await File.WriteAllTextAsync(head, what == "empty" ? "" : "{\"x\"");
                break;
        }

        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(3).Says("how far this host has seen the ledger").Says("put it back from a copy, or remove it");

        Assert.Equal(before, scene.Ledger.Count);
    }

    [Fact]
    public async Task A_key_that_is_named_must_be_the_one_that_signed()
    {
        await using var scene = await PushedAsync();
        var report = await ReportAsync(scene);
        var key = (await scene.CliAsync("status")).Exits(0).Output.Split('\n').Single(l => l.StartsWith("  key", StringComparison.Ordinal)).Split(' ')[^1];

        (await scene.CliAsync("verify", report, "--key", key)).Exits(0).Says("that was named");
        (await scene.CliAsync("verify", report, "--key", "SHA256:" + new string('A', 43))).Exits(3).Says("not with the one that was named");
    }

    [Fact]
    public async Task A_release_on_its_target_is_held_against_the_manifest_that_was_signed()
    {
        await using var scene = await PushedAsync();
        var report = await ReportAsync(scene);
        var release = Path.Combine(scene.Root, ".iucutter", "releases", scene.Live!);

        (await scene.CliAsync("verify", release, "--report", report)).Exits(0).Says("every one as in the manifest of");

        var file = Path.Combine(release, "tree", "app.txt");
        await File.WriteAllTextAsync(file, "version 2\n");
        Assert.NotEqual(0, (await scene.CliAsync("verify", release, "--report", report)).ExitCode);
        await File.WriteAllTextAsync(file, "version 1\n");
        await File.AppendAllTextAsync(Path.Combine(release, "manifest"), " ");
        Assert.NotEqual(0, (await scene.CliAsync("verify", release, "--report", report)).ExitCode);
    }

    [Fact]
    public async Task A_ledger_cut_at_its_end_is_found_by_whoever_saw_it_longer_and_nothing_is_begun()
    {
        await using var scene = await PushedAsync();
        await scene.Agent.KillAsync();
        var ledger = Path.Combine(scene.State, "ledger", "ledger.jsonl");
        await File.WriteAllLinesAsync(ledger, (await File.ReadAllLinesAsync(ledger))[..1]);
        await scene.StartAgentAsync();
        var before = scene.Ledger.Count;

        (await scene.CliAsync("smoke", "--slot", "app")).Exits(3).Says("lines were cut off at its end");
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(3).Says("does not go on from where it was");

        Assert.Equal(before, scene.Ledger.Count);
    }

    [Fact]
    public async Task A_ledger_begun_anew_under_another_key_is_found()
    {
        await using var scene = await PushedAsync();
        await scene.Agent.KillAsync();
        Directory.Delete(scene.State, recursive: true);
        Directory.Delete(scene.Root, recursive: true);
        Directory.CreateDirectory(scene.Root);
        await scene.StartAgentAsync();

        (await scene.PushAsync()).Exits(3).Says("it is signed with key").Says("to begin anew");

        Assert.Empty(scene.Releases);
        Directory.Delete(Path.Combine(scene.Folder, "mine"), recursive: true);
        (await scene.PushAsync()).Exits(0);
    }

    [Fact]
    public async Task A_history_forked_with_the_agents_own_key_is_found_even_when_it_is_longer()
    {
        await using var scene = await PushedAsync();
        await scene.Agent.KillAsync();
        var ledger = Path.Combine(scene.State, "ledger", "ledger.jsonl");
        await File.WriteAllLinesAsync(ledger, (await File.ReadAllLinesAsync(ledger))[..1]);
        Directory.Delete(scene.Root, recursive: true);
        Directory.CreateDirectory(scene.Root);
        await scene.StartAgentAsync();
        var mine = Path.Combine(scene.Folder, "mine");
        Directory.Move(mine, mine + ".away");
        (await scene.PushAsync()).Exits(0);
        (await scene.CliAsync("smoke", "--slot", "app")).Exits(0);
        Directory.Delete(mine, recursive: true);
        Directory.Move(mine + ".away", mine);

        (await scene.CliAsync("smoke", "--slot", "app")).Exits(3).Says("does not go on from where it was");
    }

    [Fact]
    public async Task The_report_of_a_push_that_failed_says_so_and_verifies()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "echo broken; exit 1");
        await scene.Payload.CommitAsync("broken");
        (await scene.PushAsync("--no-source-tests")).Exits(3);
        var report = await ReportAsync(scene);

        (await scene.CliAsync("verify", report)).Exits(0).Says("verdict B");
        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
    }

    [Fact]
    public async Task Each_operation_leaves_its_report_on_this_host_and_where_the_configuration_says()
    {
        await using var scene = await Scene.OpenAsync();
        var archive = Directory.CreateDirectory(Path.Combine(scene.Folder, "archive")).FullName;
        await Programs.OutputOfAsync(archive, "git", "init", "-q");
        await Programs.OutputOfAsync(archive, "git", "config", "user.name", "t");
        await Programs.OutputOfAsync(archive, "git", "config", "user.email", "t@localhost");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("publish: { repository: ../archive }"));
        await scene.Payload.CommitAsync("publishes");

        (await scene.PushAsync()).Exits(0).Says("report published").Says("report.html");
        var operation = scene.Ledger[^1].Operation;
        (await scene.CliAsync("verify", Path.Combine(archive, operation))).Exits(0);
        (await scene.CliAsync("verify", Path.Combine(scene.Folder, "mine", "iucutter", "reports", operation))).Exits(0);
        Assert.Contains("verdict A", await Programs.OutputOfAsync(archive, "git", "log", "--format=%s"), StringComparison.Ordinal);
        Assert.Equal("", await Programs.OutputOfAsync(archive, "git", "status", "--porcelain"));

        Directory.Delete(archive, recursive: true);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(0).Says("is not there; make it with `git init`");
    }

    [Fact]
    public async Task An_agent_records_each_operation_as_a_commit_where_it_is_told_to()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var record = Path.Combine(scene.Folder, "record");
        await scene.StartAgentAsync("--record", record);

        (await scene.PushAsync()).Exits(0);
        (await scene.CliAsync("smoke", "--slot", "app")).Exits(0);

        var log = (await Programs.OutputOfAsync(record, "git", "log", "--format=%an %s")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, log.Length);
        Assert.Equal($"iucutter-agent push of {scene.Live} to slot app: verdict A", log[1]);
        Assert.Equal("", await Programs.OutputOfAsync(record, "git", "status", "--porcelain"));
        foreach (var report in Directory.GetDirectories(record, "op-*"))
        {
            (await scene.CliAsync("verify", report)).Exits(0);
        }
    }

    private static async Task<Scene> PushedAsync()
    {
        var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        return scene;
    }

    private static async Task<string> ReportAsync(Scene scene)
    {
        var folder = Path.Combine(scene.Folder, "report");
        (await scene.CliAsync("report", "-o", folder)).Exits(0).Says("begin with report.html");
        return folder;
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 1;
        return copy;
    }
}
