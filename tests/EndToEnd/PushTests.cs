using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>The main road: push, push again, smoke, roll back and forward.</summary>
public sealed class PushTests
{
    [Fact]
    public async Task A_live_release_in_which_its_commands_left_files_can_be_pushed_again()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("test.sh", "mkdir -p out; date > out/x; " + Payload.GoodTest);
        await scene.Payload.CommitAsync("leaves files");
        (await scene.PushAsync("--no-source-tests")).Exits(0);

        (await scene.PushAsync("--again", "--no-source-tests")).Exits(0).Says("1 more beside them");
    }

    [Fact]
    public async Task A_push_passes_all_gates_and_makes_the_commits_tree_live()
    {
        await using var scene = await Scene.OpenAsync();

        var run = (await scene.PushAsync()).Exits(0).Says("verdict A");

        foreach (var gate in Enum.GetNames<GateId>())
        {
            Assert.Matches($"{gate}  .* PASS ", run.Output);
        }

        Assert.Equal("version 1\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
        Assert.Equal("app.txt", new FileInfo(Path.Combine(scene.Slot, "current.txt")).LinkTarget);
        Assert.Equal(Verdict.A, scene.LastEnd.Verdict);
        var beside = Path.GetDirectoryName(Path.GetFullPath(new DirectoryInfo(scene.Slot).ResolveLinkTarget(true)!.FullName))!;
        await Programs.OutputOfAsync(Path.Combine(beside, "tree"), "sha256sum", "-c", "--quiet", "../DEPLOY-MANIFEST.txt");
    }

    [Fact]
    public async Task A_release_is_read_again_only_where_a_command_has_run()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync("--without", "test", "--without", "smoke")).Exits(0);

        Assert.Equal("no command has run since the release was read back", Seen(scene, GateId.G5, "unchanged"));
        Assert.Matches("^6 files as in the manifest(, [1-5] of them untouched since they were read)?$", Seen(scene, GateId.G6, "unchanged"));

        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync("--without", "test", "--without", "smoke")).Exits(0);

        // Of the release before, what the new one has too was read to be copied.
        Assert.Equal("6 files as in the manifest, 4 of them untouched since they were read", Seen(scene, GateId.G7, "way-back.whole"));

        scene.Payload.Write("app.txt", "version 3\n");
        await scene.Payload.CommitAsync("three");
        (await scene.PushAsync("--without", "test")).Exits(0);

        Assert.Equal("no command has run since the release was read back", Seen(scene, GateId.G5, "unchanged"));
        Assert.Equal("6 files as in the manifest", Seen(scene, GateId.G6, "unchanged"));
        Assert.Equal("6 files as in the manifest", Seen(scene, GateId.G7, "way-back.whole"));
    }

    [Fact]
    public async Task A_second_push_brings_only_what_changed_and_leaves_the_first_untouched()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var first = scene.Live;
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(0).Says("1 contents received");

        Assert.NotEqual(first, scene.Live);
        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
        Assert.Equal("version 1\n", await File.ReadAllTextAsync(Path.Combine(scene.Root, ".iucutter", "releases", first!, "tree", "app.txt")));
    }

    [Fact]
    public async Task The_sample_payload_passes_with_its_own_configuration()
    {
        await using var scene = await Scene.OpenAsync();
        var repository = Path.Combine(scene.Folder, "sample");
        await Programs.OutputOfAsync(scene.Folder, "bash", Path.Combine(Programs.Repository, "samples", "make-history.sh"), repository);

        (await scene.PushAsync("v0.4.0", "--repo", repository)).Exits(0).Says("43 tests passed");
        (await scene.PushAsync("v0.6.0", "--repo", repository)).Exits(0).Says("48 tests passed");
        var live = new FileInfo(Path.Combine(scene.Root, "iu-cutter")).LinkTarget;
        (await scene.PushAsync("broken", "--repo", repository, "--no-source-tests")).Exits(3).Says("47/48 passed, 1 failed");

        Assert.Equal(live, new FileInfo(Path.Combine(scene.Root, "iu-cutter")).LinkTarget);
        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
    }

    [Fact]
    public async Task The_same_release_pushed_again_does_nothing_unless_asked_to()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var lines = scene.Ledger.Count;

        (await scene.PushAsync()).Exits(0).Says("nothing is done now");
        Assert.Equal(lines, scene.Ledger.Count);

        (await scene.PushAsync("--again")).Exits(0).Says("verdict A");
        Assert.True(scene.Ledger.Count > lines);
        Assert.Single(scene.Releases);
    }

    [Fact]
    public async Task A_live_release_that_is_whole_no_more_is_not_told_to_be_proved_still()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        await File.AppendAllTextAsync(Path.Combine(scene.Slot, "app.txt"), "edited in place");

        (await scene.PushAsync()).Exits(3).Says("lies there changed");

        Directory.Delete(Path.Combine(scene.Root, ".iucutter", "releases", scene.Live!, "tree"), recursive: true);
        (await scene.PushAsync()).Exits(3).Says("lies there changed (it cannot be read)");
    }

    [Fact]
    public async Task A_slot_whose_release_is_gone_can_be_pushed_to_once_its_link_is_removed()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        Directory.Delete(Path.Combine(scene.Root, ".iucutter", "releases", scene.Live!), recursive: true);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(3).Says($"remove the link {scene.Slot}");
        File.Delete(scene.Slot);
        (await scene.PushAsync("--verbose")).Exits(0).Says("was taken away by hand");

        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    [Theory]
    [InlineData("echo more >> app.txt", "app.txt should be")]
    [InlineData("rm app.txt", "app.txt is missing")]
    public async Task A_smoke_that_changes_the_live_release_is_no_B(string deed, string said)
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", $"[ ! -e $PWD/later ] || {deed}; echo smoke fine");
        await scene.Payload.CommitAsync("turns on itself");
        (await scene.PushAsync()).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "later"), "");

        (await scene.CliAsync("smoke")).Exits(4).Says("verdict C").Says(said);

        Assert.Contains(scene.LastEnd.Changes, c => c.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_that_changes_a_release_on_the_way_back_is_no_B()
    {
        await using var scene = await Scene.OpenAsync();
        var later = Path.Combine("/var/tmp", Path.GetRandomFileName());
        scene.Payload.Write("smoke.sh", $"[ ! -e {later} ] || echo more >> app.txt; echo smoke fine");
        var first = await scene.Payload.CommitAsync("turns on itself");
        (await scene.PushAsync()).Exits(0);
        scene.Payload.Write("other.txt", "other");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(0);
        await File.WriteAllTextAsync(later, "");

        (await scene.PushAsync(first)).Exits(4).Says("verdict C").Says("app.txt should be");

        File.Delete(later);
    }

    [Fact]
    public async Task An_exit_code_that_looks_like_a_signal_can_be_expected()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml().Replace("contains: [smoke fine]", "exit: 130", StringComparison.Ordinal));
        scene.Payload.Write("smoke.sh", "exit 130");
        await scene.Payload.CommitAsync("ends as if interrupted");

        (await scene.PushAsync("--no-source-tests")).Exits(0);
    }

    [Fact]
    public async Task A_smoke_is_triggered_from_afar_and_its_failure_is_told()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        (await scene.CliAsync("smoke")).Exits(0).Says("G6  smoke");

        // What the smoke looks at may break long after the push.
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "smoke.sh"), "echo broken since; exit 1");

        (await scene.CliAsync("smoke")).Exits(3).Says("smoke.sh should");
    }

    [Fact]
    public async Task Rollback_goes_to_the_last_proved_release_and_forward_by_name()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var first = scene.Live!;
        (await scene.CliAsync("rollback")).Exits(3).Says("no proved release before");
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(0);
        var second = scene.Live!;

        (await scene.CliAsync("rollback")).Exits(0).Says("verdict A");
        Assert.Equal(first, scene.Live);
        (await scene.CliAsync("rollback")).Exits(3).Says("no proved release before");
        Assert.Equal(first, scene.Live);
        (await scene.CliAsync("rollback", "--to", second)).Exits(0);
        Assert.Equal(second, scene.Live);
    }

    [Fact]
    public async Task Rollback_refuses_a_release_that_was_changed_on_the_disk()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var first = scene.Live!;
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(0);
        var second = scene.Live;
        await File.WriteAllTextAsync(Path.Combine(scene.Root, ".iucutter", "releases", first, "tree", "app.txt"), "version x\n");

        (await scene.CliAsync("rollback")).Exits(3).Says("app.txt should have sha256");

        Assert.Equal(second, scene.Live);
    }

    [Fact]
    public async Task Retention_keeps_what_a_rollback_needs()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("keep: 1"));
        var live = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            scene.Payload.Write("app.txt", $"version {i}\n");
            await scene.Payload.CommitAsync($"commit {i}");
            (await scene.PushAsync("--no-source-tests")).Exits(0);
            live.Add(scene.Live!);
        }

        await Programs.UntilAsync(() => scene.Releases.Count == 2, "the oldest release is removed");
        Assert.DoesNotContain(live[0], scene.Releases);
        (await scene.CliAsync("rollback")).Exits(0);
        Assert.Equal(live[1], scene.Live);
    }

    [Fact]
    public async Task Programs_get_one_object_a_line()
    {
        await using var scene = await Scene.OpenAsync();

        var run = (await scene.PushAsync("--json")).Exits(0);

        var objects = Scene.Objects(run);
        var result = objects[^1].GetProperty("result");
        Assert.Equal("A", result.GetProperty("verdict").GetString());
        Assert.Contains(objects, o => o.TryGetProperty("line", out var line) && line.GetProperty("event").GetProperty("kind").GetString() == "gate-closed");
        foreach (var command in (string[][])[["status", "--json"], ["releases", "--json"], ["logs", "--json"], ["report", "--json"]])
        {
            Assert.NotEmpty(Scene.Objects((await scene.CliAsync(command)).Exits(0)));
        }
    }

    [Fact]
    public async Task The_ledger_holds_every_gate_in_order_and_an_output_can_be_read_by_its_check()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);

        var gates = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.GateClosed>().Select(g => g.Gate);
        var operation = scene.Ledger[^1].Operation;

        Assert.Equal(Enum.GetValues<GateId>(), gates);
        Assert.Equal("1..2\nok 1 - cut\nok 2 - join\n", (await scene.CliAsync("logs", operation, "--check", "G5.test.1")).Exits(0).Output);
    }
    [Theory]
    [InlineData("/etc", "a link to /etc")]
    [InlineData(null, "nothing there")]
    public async Task A_smoke_or_rollback_says_nothing_of_a_live_release_that_the_slot_does_not_show(string? instead, string seen)
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var live = scene.Live!;
        File.Delete(scene.Slot);
        if (instead is not null)
        {
            File.CreateSymbolicLink(scene.Slot, instead);
        }

        (await scene.CliAsync("smoke", "--slot", "app")).Exits(3).Says(seen).Says($"ln -sfT .iucutter/releases/{live}/tree").Says("verdict B");
        (await scene.CliAsync("rollback", "--slot", "app", "--to", live)).Exits(3).Says(seen).Says("ln -sfT");

        await Programs.OutputOfAsync(scene.Root, "ln", "-sfT", $".iucutter/releases/{live}/tree", scene.Slot);
        (await scene.CliAsync("smoke", "--slot", "app")).Exits(0);
    }

    [Fact]
    public async Task A_manifest_travels_as_an_edit_of_the_one_that_is_live()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        await ManyFilesAsync(scene);
        await using var proxy = Proxy.Start(port);
        string[] push = ["--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests"];
        (await scene.PushAsync(push)).Exits(0);
        var first = proxy.Passed;
        scene.Payload.Write("many/7.txt", "changed");
        await scene.Payload.CommitAsync("one of many");

        (await scene.PushAsync(push)).Exits(0);

        Assert.True(first > 150_000, $"{first} bytes");
        Assert.InRange(proxy.Passed - first, 1, 60_000);
        Assert.Equal("changed", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "many", "7.txt")));
    }

    [Fact]
    public async Task A_manifest_whose_base_the_target_cannot_read_is_sent_whole()
    {
        await using var scene = await Scene.OpenAsync();
        await ManyFilesAsync(scene);
        (await scene.PushAsync()).Exits(0);
        var first = scene.Live!;
        var known = Directory.GetFiles(Path.Combine(scene.Folder, "cache", "iucutter", "manifests")).ToHashSet(StringComparer.Ordinal);
        scene.Payload.Write("many/8.txt", "changed first");
        await scene.Payload.CommitAsync("a second time");
        (await scene.PushAsync()).Exits(0);
        foreach (var newer in Directory.GetFiles(Path.Combine(scene.Folder, "cache", "iucutter", "manifests")).Where(f => !known.Contains(f)))
        {
            File.Delete(newer);
        }

        File.Delete(Path.Combine(scene.Root, ".iucutter", "releases", first, "manifest"));
        scene.Payload.Write("many/7.txt", "changed");
        await scene.Payload.CommitAsync("one of many");

        (await scene.PushAsync()).Exits(0).Says("the push's manifest does not come out of");

        Assert.Equal("changed", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "many", "7.txt")));
    }

    [Fact]
    public async Task A_home_in_which_nothing_can_be_kept_hinders_no_push()
    {
        await using var scene = await Scene.OpenAsync();
        await File.WriteAllTextAsync(Path.Combine(scene.Folder, "cache"), "a file where the cache would be");

        (await scene.PushAsync()).Exits(0);
    }

    private static async Task ManyFilesAsync(Scene scene)
    {
        for (var i = 0; i < 2000; i++)
        {
            scene.Payload.Write($"many/{i}.txt", $"{i}");
        }

        await scene.Payload.CommitAsync("many");
    }


    private static string Seen(Scene scene, GateId gate, string check) =>
        scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id == $"{gate}.{check}").Check.Seen;
}
