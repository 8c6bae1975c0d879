using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Ways in which a release could be claimed to be good that is not. docs/false-claims.md lists them with all others.</summary>
public sealed class FalseClaimTests
{
    [Fact]
    public async Task A_live_run_that_falls_through_to_a_simulator_is_a_fail_whatever_it_prints()
    {
        await using var scene = await WithSmokeAsync("  - { run: [sh, smoke.sh], mode: live, effect: { path: out } }", "echo 'live run complete: 12 documents filed'; exit 0");

        (await scene.PushAsync()).Exits(3).Says("labelled live, but its measured effect is nothing");

        Assert.Equal(Outcome.Fail, OutcomeOf(scene, GateId.G6));
        Assert.Empty(scene.Releases);
    }

    [Fact]
    public async Task What_somebody_else_writes_into_a_release_in_which_nothing_runs_keeps_it_from_going_live()
    {
        await using var scene = await ThatTakesItsTimeAsync();
        var push = scene.PushAsync();
        await Programs.UntilAsync(() => scene.Releases.Count > 0, "the release lies there");

        await File.WriteAllTextAsync(TreeOf(scene, scene.Releases[0], "app.txt"), "version X\n");

        (await push).Exits(3).Says("app.txt should have sha256");
        Assert.Null(scene.Live);
    }

    [Fact]
    public async Task What_somebody_else_puts_into_a_release_in_which_nothing_runs_keeps_it_from_going_live()
    {
        await using var scene = await ThatTakesItsTimeAsync();
        var push = scene.PushAsync();
        await Programs.UntilAsync(() => scene.Releases.Count > 0, "the release lies there");

        await File.WriteAllTextAsync(TreeOf(scene, scene.Releases[0], "foreign.py"), "import os\n");

        (await push).Exits(3).Says("1 more beside them (first: foreign.py); no command has run that could have left it");
        Assert.Null(scene.Live);
    }

    [Fact]
    public async Task A_file_that_two_releases_share_and_somebody_writes_to_during_a_push_is_a_change_of_the_live_one()
    {
        await using var scene = await ThatTakesItsTimeAsync("link: hard");
        (await scene.PushAsync()).Exits(0);
        var first = scene.Live!;
        scene.Payload.Write("more.txt", "more");
        await scene.Payload.CommitAsync("more");
        var push = scene.PushAsync();
        await Programs.UntilAsync(() => scene.Releases.Count > 1, "the second release lies there");

        var shared = TreeOf(scene, first, "app.txt");
        File.SetUnixFileMode(shared, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(shared, "version X\n");
        File.SetUnixFileMode(shared, UnixFileMode.UserRead);

        (await push).Exits(4).Says($"release {first}, live before, does not equal its manifest").Says("verdict C");
    }

    [Fact]
    public async Task What_somebody_else_writes_into_the_live_release_after_it_was_read_for_a_push_shows_on_the_way_back()
    {
        await using var scene = await ThatTakesItsTimeAsync();
        (await scene.PushAsync()).Exits(0);
        var (first, file) = (scene.Live!, TreeOf(scene, scene.Live!, "app.txt"));
        scene.Payload.Write("more.txt", "more");
        await scene.Payload.CommitAsync("more");
        var push = scene.PushAsync();
        await Programs.UntilAsync(() => scene.Releases.Count > 1, "the second release lies there");

        await File.WriteAllTextAsync(file, "version X\n");

        (await push).Exits(4).Says($"release {first}, live before, does not equal its manifest").Says("app.txt should have sha256");
    }

    [Fact]
    public async Task A_dry_run_that_changes_something_is_a_fail_whatever_it_prints()
    {
        await using var scene = await WithSmokeAsync("  - { run: [sh, smoke.sh], mode: dry, effect: { path: out } }", "echo filed > out; echo 'dry run: nothing changed'");

        (await scene.PushAsync()).Exits(3).Says("labelled dry, but it changed something");

        Assert.Empty(scene.Releases);
    }

    [Theory]
    [InlineData("live", "date, +%s%N")]
    [InlineData("live", "date, +%s")]
    [InlineData("dry", "date, +%s%N")]
    public async Task An_effect_that_changes_by_itself_shows_nothing_of_a_run(string mode, string effect)
    {
        await using var scene = await WithSmokeAsync($"  - {{ run: [sh, smoke.sh], mode: {mode}, effect: {{ run: [{effect}] }} }}", "echo simulated only; sleep 2");

        (await scene.PushAsync()).Exits(3).Says("its effect changes by itself, without the run");

        Assert.Equal(Outcome.Fail, OutcomeOf(scene, GateId.G6));
    }

    [Fact]
    public async Task A_dry_run_whose_effect_is_looked_for_where_nothing_lies_is_no_pass_unless_it_may_be_absent()
    {
        await using var scene = await WithSmokeAsync("  - { run: [sh, smoke.sh], mode: dry, effect: { path: reel-db } }", "echo really changed >> real-db");
        (await scene.PushAsync()).Exits(3).Says("its effect was not measured: nothing lies at the path");

        scene.Payload.Write("iucutter.yaml", "name: app\ntest: { run: [sh, test.sh], counts: tap }\nsmoke: { run: [\"true\"], mode: dry, effect: { path: out, may_be_absent: true } }\n");
        await scene.Payload.CommitAsync("nothing need be there");
        (await scene.PushAsync("--verbose")).Exits(0).Says("dry as labelled");

        scene.Payload.Write("iucutter.yaml", "name: app\ntest: { run: [sh, test.sh], counts: tap }\nsmoke: { run: [\"true\"], mode: dry, effect: { run: [ls], may_be_absent: true } }\n");
        await scene.Payload.CommitAsync("makes no sense");
        (await scene.PushAsync()).Exits(2).Says("what a command prints is never absent");
    }

    [Fact]
    public async Task Live_and_dry_runs_that_are_what_they_say_pass()
    {
        await using var scene = await WithSmokeAsync(
            "  - { run: [sh, -c, echo 1 >> out], mode: live, effect: { path: out } }\n  - { run: [cat, out], mode: dry, effect: { run: [cat, out] } }", "");

        (await scene.PushAsync("--verbose")).Exits(0).Says("live as labelled").Says("dry as labelled");
    }

    [Fact]
    public async Task A_mode_whose_effect_cannot_be_measured_is_no_pass()
    {
        await using var scene = await WithSmokeAsync("  - { run: [sh, smoke.sh], mode: dry, effect: { run: [sh, -c, exit 3] } }", "echo fine");

        (await scene.PushAsync()).Exits(3).Says("its effect could not be measured");
    }

    [Fact]
    public async Task A_mode_without_an_effect_is_refused_with_its_place()
    {
        await using var scene = await WithSmokeAsync("  - { run: [sh, smoke.sh], mode: live }", "echo fine");

        (await scene.PushAsync()).Exits(2).Says("wanted both, or neither");
    }

    [Fact]
    public async Task Tests_cannot_run_in_another_release_than_their_own()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("data.txt", "there");
        await scene.Payload.CommitAsync("data");
        (await scene.PushAsync()).Exits(0);
        scene.Payload.Write("test.sh", $"cd {scene.Slot} && cat data.txt && {Payload.GoodTest}");
        File.Delete(Path.Combine(scene.Payload.Folder, "data.txt"));
        await scene.Payload.CommitAsync("lost the data, and looks for it in the live release");

        (await scene.PushAsync("--no-source-tests")).Exits(3);

        Assert.Equal(Outcome.Fail, OutcomeOf(scene, GateId.G5));
        Assert.Single(scene.Releases);
    }

    [Fact]
    public async Task A_smoke_that_exits_with_0_and_prints_what_must_not_be_there_is_a_fail()
    {
        await using var scene = await WithSmokeAsync("  - { run: [sh, smoke.sh], expect: { absent: [Traceback, ERROR] } }", "echo 'ERROR: no connection'; echo done; exit 0");

        (await scene.PushAsync()).Exits(3).Says("with \"ERROR\"");
    }

    [Fact]
    public async Task A_live_mode_that_is_refused_by_another_failure_than_the_switch_is_no_proof_of_the_switch()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("live.sh", "echo 'cannot open database' >&2; exit 3");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("assert:\n  - refused: { run: [sh, live.sh], exit: 3, says: the switch is off }"));
        await scene.Payload.CommitAsync("refuses for the wrong reason");

        (await scene.PushAsync()).Exits(3).Says("cannot open database");
    }

    [Fact]
    public async Task A_live_mode_that_runs_is_no_refusal_and_a_missing_program_is_none_either()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("live.sh", "echo 'the switch is off, but go on'; exit 0");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("assert:\n  - refused: { run: [sh, live.sh], says: the switch is off }\n  - refused: { run: [no-such-program], says: not found }"));
        await scene.Payload.CommitAsync("goes on");

        (await scene.PushAsync()).Exits(3);

        Assert.NotEqual(Outcome.Pass, OutcomeOf(scene, GateId.G3));
    }

    [Fact]
    public async Task A_switch_file_that_is_missing_shows_nothing_off()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("assert:\n  - { switch_off: { file: switch.json, matches: \"false|^$\" } }\n  - { file: gone.txt, absent_text: danger }"));
        await scene.Payload.CommitAsync("no such file");

        (await scene.PushAsync()).Exits(3).Says("switch.json is absent, so nothing can be said");
    }

    private static Outcome OutcomeOf(Scene scene, GateId gate) => scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.GateClosed>().Last(g => g.Gate == gate).Outcome;

    private static string TreeOf(Scene scene, string release, string path) => Path.Combine(scene.Root, ".iucutter", "releases", release, "tree", path);

    /// <summary>A payload that runs nothing, and whose anchor takes a while to be read once the release lies there.</summary>
    private static async Task<Scene> ThatTakesItsTimeAsync(string configuration = "")
    {
        var scene = await Scene.OpenAsync();
        var anchor = Path.Combine(scene.Folder, "takes its time");
        await Programs.OutputOfAsync("/", "truncate", "-s", "1500M", anchor);
        scene.Payload.Write("iucutter.yaml", $"name: app\ntest: []\nsmoke: []\nanchors: ['{anchor}']\n{configuration}\n");
        await scene.Payload.CommitAsync("runs nothing");
        return scene;
    }

    private static async Task<Scene> WithSmokeAsync(string smoke, string script)
    {
        var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", $"name: app\ntest:\n  - {{ run: [sh, test.sh], counts: tap }}\nsmoke:\n{smoke}\n");
        scene.Payload.Write("smoke.sh", script);
        await scene.Payload.CommitAsync("another smoke");
        return scene;
    }
}
