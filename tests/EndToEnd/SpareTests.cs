using System.Collections.Immutable;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

public sealed class SpareTests
{
    [Fact]
    public async Task A_push_is_made_from_the_spare_and_the_release_before_is_left_as_it_was()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        await PushAsync(scene, "first\n");
        var first = scene.Live!;
        await scene.UntilSpareAsync(first);

        await PushAsync(scene, "second\n");

        Assert.Equal("second\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
        Assert.Equal("first\n", await File.ReadAllTextAsync(Path.Combine(scene.Root, ".iucutter/releases", first, "tree/app.txt")));
        Assert.NotEqual("0", Contents(scene)["of them in place in a spare"]);
        Assert.Equal("1", Contents(scene)["contents received"]);
        await scene.UntilSpareAsync(scene.Live!);
        (await scene.CliAsync("rollback")).Exits(0);
        await scene.UntilSpareAsync(first);
    }

    [Theory]
    [InlineData]
    [InlineData("--without", "test", "--without", "smoke", "--without", "compile", "--without", "import")]
    public async Task A_release_to_go_back_to_that_was_damaged_since_its_spare_was_made_is_found(params string[] without)
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        await PushAsync(scene, "first\n", without);
        var first = scene.Live!;
        await scene.UntilSpareAsync(first);
        await File.WriteAllTextAsync(Path.Combine(scene.Root, ".iucutter/releases", first, "tree/lib/data with space.txt"), new string('X', 5000));

        scene.Payload.Write("app.txt", "second\n");
        await scene.Payload.CommitAsync("second");
        var pushed = await scene.PushAsync(without);

        Assert.NotEqual(0, pushed.ExitCode);
        pushed.Says("does not equal its manifest: 1 of 6 differ: lib/data with space.txt");
        Assert.Equal(first, scene.Live);
    }

    [Fact]
    public async Task A_spare_that_somebody_has_changed_changes_no_release()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        await PushAsync(scene, "first\n");
        await scene.UntilSpareAsync(scene.Live!);
        var spare = Path.Combine(scene.Spares, scene.Live!, "tree");
        await File.WriteAllTextAsync(Path.Combine(spare, "lib/data with space.txt"), new string('X', 5000));
        await File.WriteAllTextAsync(Path.Combine(spare, "planted"), "planted");

        await PushAsync(scene, "second\n");

        Assert.Equal(new string('d', 5000), await File.ReadAllTextAsync(Path.Combine(scene.Slot, "lib/data with space.txt")));
        Assert.False(File.Exists(Path.Combine(scene.Slot, "planted")));
    }

    [Fact]
    public async Task A_folder_of_a_spare_that_somebody_has_changed_does_not_go_live()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        await PushAsync(scene, "first\n");
        await scene.UntilSpareAsync(scene.Live!);
        File.SetUnixFileMode(Path.Combine(scene.Spares, scene.Live!, "tree/lib"), (UnixFileMode)0x1C0);

        await PushAsync(scene, "second\n");

        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(Path.Combine(scene.Root, ".iucutter/releases", scene.Live!, "tree/lib")));
        Assert.Equal("0", Contents(scene)["of them in place in a spare"]);
    }

    [Fact]
    public async Task An_agent_that_is_to_make_no_spares_removes_those_that_are_there()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        await PushAsync(scene, "first\n");
        await scene.UntilSpareAsync(scene.Live!);
        await scene.Agent.StopAsync();

        await scene.StartAgentAsync("--spare-after", "never");
        await Programs.UntilAsync(() => Directory.GetDirectories(scene.Spares).Length == 0, "the spare is gone");
        await PushAsync(scene, "second\n");

        Assert.Equal("0", Contents(scene)["of them in place in a spare"]);
        await using var wrong = await Scene.WithoutAgentAsync();
        var (exit, log) = await AgentProcess.StartInVainAsync(wrong.Folder, wrong.AgentArguments("--spare-after", "soon"));
        Assert.Equal(2, exit);
        Assert.Contains("--spare-after takes whole seconds, 0 to 86400, or `never`; not 'soon'.", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Linked_releases_get_no_spare()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("link: hard"));
        await PushAsync(scene, "first\n");
        (await scene.CliAsync("smoke")).Exits(0);
        await scene.Agent.StopAsync();

        Assert.Empty(Directory.GetDirectories(scene.Spares));
    }

    [Fact]
    public async Task A_spare_gives_way_to_a_push_that_asks_for_room_and_not_to_a_plan()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        await PushAsync(scene, "first\n");
        await scene.UntilSpareAsync(scene.Live!);
        await scene.Agent.StopAsync();
        await scene.StartAgentAsync("--spare-after", "3600");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("guards: [{ free: 4000TiB }]"));
        await scene.Payload.CommitAsync("asks for much");

        Assert.NotEqual(0, (await scene.CliAsync("plan")).ExitCode);
        await scene.UntilSpareAsync(scene.Live!);
        var pushed = await scene.PushAsync();

        Assert.NotEqual(0, pushed.ExitCode);
        pushed.Says("bytes free");
        Assert.Empty(Directory.GetDirectories(scene.Spares));
    }

    [Fact]
    public async Task No_spare_is_kept_once_a_flush_has_failed()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        await PushAsync(scene, "first\n");
        await scene.UntilSpareAsync(scene.Live!);
        await scene.Agent.StopAsync();
        await scene.StartAgentAsync("--spare-after", "3600");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("link: hard"));
        await scene.Payload.CommitAsync("takes no spare");
        await using var fault = await Fault.InjectAsync(scene, "syncfs", "EIO");

        var pushed = await scene.PushAsync();

        pushed.Exits(3).Says("cannot flush the file system").Says("verdict B");
        Assert.Empty(Directory.GetDirectories(scene.Spares));
    }

    private static ImmutableSortedDictionary<string, string> Contents(Scene scene) =>
        scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id == "G4.contents").Check.Evidence!.Measured!;

    private static async Task PushAsync(Scene scene, string text, params string[] more)
    {
        scene.Payload.Write("app.txt", text);
        await scene.Payload.CommitAsync(text.Trim());
        (await scene.PushAsync(more)).Exits(0).Says("verdict A");
    }
}
