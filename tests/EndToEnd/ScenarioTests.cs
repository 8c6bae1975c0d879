using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Releases as they happened to people, each with the ledger and the report that it must leave.</summary>
public sealed class ScenarioTests
{
    [Fact]
    public async Task A_source_that_cannot_be_reached_is_verdict_B_with_the_exact_gap_and_asks_nothing_of_the_target()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var (picture, lines) = (scene.Picture(), scene.Ledger.Count);
        scene.Payload.Write("secret.env", "TOKEN=ghp_" + new string('a', 36));
        File.Delete(Path.Combine(scene.Payload.Folder, ".git", "objects", (await scene.Payload.GitAsync("rev-parse", "HEAD:app.txt"))[..2], (await scene.Payload.GitAsync("rev-parse", "HEAD:app.txt")).Trim()[2..]));
        File.Delete(Path.Combine(scene.Payload.Folder, "app.txt"));

        var run = await scene.PushAsync("--slot", "other");

        Assert.NotEqual(0, run.ExitCode);
        run.Says("app.txt");
        Assert.Equal(picture, scene.Picture());
        Assert.Equal(lines, scene.Ledger.Count);
    }

    [Fact]
    public async Task A_partial_smoke_passes_with_its_gap_named_and_the_report_routes_it_onward()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", "name: app\ntest:\n  - { run: [sh, test.sh], counts: tap }\nsmoke: []\n");
        await scene.Payload.CommitAsync("no smoke yet");

        (await scene.PushAsync()).Exits(0).Says("but for the gaps no-smoke");

        Assert.Equal(Outcome.Partial, OutcomeOf(scene, GateId.G6));
        Assert.Equal(Verdict.A, scene.LastEnd.Verdict);
        Assert.Contains("gap no-smoke", await ReportTextAsync(scene), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_push_into_a_live_slot_keeps_the_earlier_release_as_it_was_and_the_counts_equal_and_the_switch_off()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("switch.json", "{ \"enabled\": false }");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("assert:\n  - { switch_off: { file: switch.json, matches: '\"enabled\": *false' } }"));
        await scene.Payload.CommitAsync("with a switch");
        (await scene.PushAsync()).Exits(0);
        var earlier = scene.Live!;
        var before = TreeOf(scene, earlier);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(0);

        Assert.Equal(before, TreeOf(scene, earlier));
        Assert.Contains(earlier, scene.Releases);
        var report = await ReportTextAsync(scene);
        Assert.Contains("| earlier-releases: an earlier release was touched | NONE | observed |", report, StringComparison.Ordinal);
        Assert.Contains("kill-switch: the kill-switch is on, or lets the live mode run | NONE | observed |", report, StringComparison.Ordinal);
        var counts = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Where(c => c.Check.Evidence?.Command?.Tests is not null).Select(c => c.Check.Evidence!.Command!.Tests!).ToList();
        Assert.All(counts, c => Assert.Equal(new TestEvidence(2, 2, 0, 0), c));
        Assert.Equal(4, counts.Count);
    }

    [Fact]
    public async Task A_rollback_proof_that_fails_is_verdict_C_with_the_exact_remains_and_the_way_round_them()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var first = scene.Live!;
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(0);
        var second = scene.Live!;
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "app.txt"), "edited by hand\n");
        scene.Payload.Write("app.txt", "version 3\n");
        await scene.Payload.CommitAsync("three");

        (await scene.PushAsync()).Exits(4).Says($"release {second}, live before, does not equal its manifest").Says($"--to {first}");

        Assert.Equal(Outcome.Fail, OutcomeOf(scene, GateId.G7));
        Assert.Equal(second, scene.Live);
        Assert.Contains("did not hold", await ReportTextAsync(scene), StringComparison.OrdinalIgnoreCase);
        (await scene.CliAsync("rollback", "--slot", "app", "--to", first)).Exits(0);
        Assert.Equal(first, scene.Live);
    }

    private static Outcome OutcomeOf(Scene scene, GateId gate) => scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.GateClosed>().Last(g => g.Gate == gate).Outcome;

    private static string TreeOf(Scene scene, string release) =>
        string.Join('\n', scene.Picture().Split('\n').Where(l => l.StartsWith($".iucutter/releases/{release}/", StringComparison.Ordinal)));

    /// <summary>All documents of the newest operation, after they were verified.</summary>
    private static async Task<string> ReportTextAsync(Scene scene)
    {
        var folder = Path.Combine(scene.Folder, $"report-{Guid.NewGuid():N}");
        (await scene.CliAsync("report", "-o", folder)).Exits(0);
        (await scene.CliAsync("verify", folder)).Exits(0);
        return string.Concat(Directory.GetFiles(folder, "*.md").Order(StringComparer.Ordinal).Select(File.ReadAllText));
    }
}
