using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>"Nothing was changed" is said of what was looked at twice, and of nothing else.</summary>
public sealed class MeasuredTests
{
    private const string SwitchFile = "assert:\n  - switch_off: { file: switch, matches: '^off$' }\n";

    [Fact]
    public async Task What_changed_in_the_deploy_root_while_the_agent_was_dead_is_told_when_it_starts_again()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync("--slot", "other", "--name", "other", "--no-source-tests")).Exits(0);
        var foreign = Directory.CreateDirectory(Path.Combine(scene.Root, "foreign")).FullName;
        await KillInSmokeAsync(scene);
        File.Delete(Path.Combine(scene.Root, "other"));
        File.CreateSymbolicLink(Path.Combine(scene.Root, "other"), "/etc");
        Directory.CreateDirectory(Path.Combine(scene.Root, "added"));
        Directory.Delete(foreign);

        await scene.StartAgentAsync();

        Assert.Equal(Verdict.C, scene.LastEnd.Verdict);
        Assert.Equal(3, scene.LastEnd.Changes.Length);
        Assert.All((string[])["beside the slot, added was absent", "beside the slot, foreign was Directory", "is Link to /etc"], said =>
            Assert.Contains(scene.LastEnd.Changes, c => c.Contains(said, StringComparison.Ordinal)));
        Assert.Contains("is Link to /etc", Attested(scene, "host-mutation").Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_measured_at_both_ends_of_a_kill_and_is_the_same_is_none()
    {
        await using var scene = await Scene.OpenAsync();
        Directory.CreateDirectory(Path.Combine(scene.Root, "foreign"));
        await KillInSmokeAsync(scene);

        await scene.StartAgentAsync();

        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
        Assert.Equal((AttestationBasis.Observed, Attestation.None), (Attested(scene, "host-mutation").Basis, Attested(scene, "host-mutation").Says));
        Assert.Equal(2, scene.Ledger.Count(e => e.Event is LedgerEvent.TargetSeen));
    }

    [Fact]
    public async Task A_push_that_was_killed_before_its_first_reading_is_not_said_to_be_measured()
    {
        await using var scene = await Scene.OpenAsync();
        await KillInSmokeAsync(scene);
        var ledger = Path.Combine(scene.State, "ledger", "ledger.jsonl");
        var lines = await File.ReadAllLinesAsync(ledger);
        var begun = Array.FindIndex(lines, l => l.Contains("\"operation-begun\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(ledger, string.Concat(lines[..(begun + 1)].Select(l => l + "\n")));

        await scene.StartAgentAsync();

        Assert.Equal(Verdict.C, scene.LastEnd.Verdict);
        Assert.Contains("was not measured", Assert.Single(scene.LastEnd.Changes), StringComparison.Ordinal);
        Assert.Equal(AttestationBasis.NotObserved, Attested(scene, "host-mutation").Basis);
    }

    [Fact]
    public async Task An_anchor_that_is_a_link_is_watched_where_it_leads()
    {
        await using var scene = await Scene.OpenAsync();
        var real = Directory.CreateDirectory(Path.Combine(scene.Folder, "production")).FullName;
        await File.WriteAllTextAsync(Path.Combine(real, "data"), "as it was");
        var anchor = Path.Combine(scene.Folder, "current");
        File.CreateSymbolicLink(anchor, real);
        scene.Payload.Write("iucutter.yaml", Payload.Yaml($"anchors: [{anchor}]"));
        scene.Payload.Write("smoke.sh", "sleep 2; echo smoke fine");
        await scene.Payload.CommitAsync("anchored");

        var push = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the smoke runs");
        await File.WriteAllTextAsync(Path.Combine(real, "data"), "changed");

        (await push).Exits(4).Says($"anchor {anchor} was").Says("verdict C");
        Assert.NotEqual(Attestation.None, Attested(scene, "production-mutation").Says);
    }

    [Theory]
    [InlineData("anchors: [/nonexistent/prodution]", "expect: absent")]
    [InlineData("anchors: [LINK]", "a link to where nothing is")]
    [InlineData("anchors: [{ path: /etc, expect: absent }]", "expected absent")]
    public async Task An_anchor_at_which_nothing_is_stops_the_push_unless_that_is_expected(string anchors, string said)
    {
        await using var scene = await Scene.OpenAsync();
        var link = Path.Combine(scene.Folder, "dangling");
        File.CreateSymbolicLink(link, "nothing-there");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(anchors.Replace("LINK", link, StringComparison.Ordinal)));
        await scene.Payload.CommitAsync("misspelt");

        (await scene.PushAsync("--no-source-tests")).Exits(3).Says(said).Says("verdict B");

        Assert.StartsWith("G3 ", scene.LastEnd.Reason, StringComparison.Ordinal);
        Assert.Equal(AttestationBasis.NotObserved, Attested(scene, "production-mutation").Basis);
    }

    [Fact]
    public async Task An_anchor_that_is_to_be_absent_is_taken_and_is_no_basis_for_none_on_its_own()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("anchors: [{ path: /nonexistent/old, expect: absent }]"));
        await scene.Payload.CommitAsync("expects nothing there");

        (await scene.PushAsync("--no-source-tests")).Exits(0);

        Assert.Equal(AttestationBasis.NotObserved, Attested(scene, "production-mutation").Basis);
    }

    [Fact]
    public async Task An_anchor_that_cannot_be_read_is_the_cause_that_is_named_and_no_basis_for_none()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("anchors: [/proc/kmsg]"));
        await scene.Payload.CommitAsync("cannot be read");

        (await scene.PushAsync("--no-source-tests")).Exits(3).Says("verdict B");

        Assert.StartsWith("G3 ", scene.LastEnd.Reason, StringComparison.Ordinal);
        Assert.Contains("/proc/kmsg is unreadable", scene.LastEnd.Reason, StringComparison.Ordinal);
        Assert.Equal(AttestationBasis.NotObserved, Attested(scene, "production-mutation").Basis);
        Assert.DoesNotContain("G3.anchors.first", Attested(scene, "host-mutation").Evidence);
    }

    [Theory]
    [InlineData(SwitchFile)]
    [InlineData("assert:\n  - switch_off: { run: [cat, switch], prints: 'off' }\n")]
    [InlineData("assert:\n  - refused: { run: [sh, -c, \"grep off switch && exit 3\"], exit: 3, says: 'off' }\n")]
    public async Task A_switch_that_a_smoke_puts_on_stops_the_push(string assertion)
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(assertion + "compile: [{ run: [sh, -c, \"echo off > switch\"] }]"));
        scene.Payload.Write("smoke.sh", "echo on > switch; echo smoke fine");
        await scene.Payload.CommitAsync("puts it on");

        (await scene.PushAsync("--no-source-tests")).Exits(3).Says("G6").Says("verdict B");

        Assert.StartsWith("G6 ", scene.LastEnd.Reason, StringComparison.Ordinal);
        Assert.NotEqual(Attestation.None, Attested(scene, "kill-switch").Says);
    }

    [Fact]
    public async Task A_switch_is_read_after_the_last_command_and_again_when_the_release_is_live()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(SwitchFile + "compile: [{ run: [sh, -c, \"echo off > switch\"] }]"));
        scene.Payload.Write("smoke.sh", "[ ! -e later ] || echo on > switch; echo smoke fine");
        await scene.Payload.CommitAsync("has a switch");

        (await scene.PushAsync("--no-source-tests")).Exits(0);
        Assert.Equal((Attestation.None, "G5.assert.1 G6.switch.1 G7.switch.1"), (Attested(scene, "kill-switch").Says, string.Join(' ', Attested(scene, "kill-switch").Evidence)));
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "later"), "");

        (await scene.CliAsync("smoke")).Exits(4).Says("the switch in switch is off").Says("paths were changed (switch)");
        Assert.NotEqual(Attestation.None, Attested(scene, "kill-switch").Says);
    }

    [Theory]
    [InlineData("echo more > left-behind.py", "1 paths were added (left-behind.py)")]
    [InlineData("echo more > cache/below/another", "1 paths were added (cache/below/another)")]
    [InlineData("echo more >> cache/known", "1 paths were changed (cache/known)")]
    [InlineData("rm cache/known", "1 paths were removed (cache/known)")]
    public async Task A_smoke_that_leaves_something_in_the_live_release_says_so(string deed, string said)
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", $"mkdir -p cache/below; [ -e later ] || echo 1 > cache/known; [ ! -e later ] || {{ {deed}; }}; echo smoke fine");
        await scene.Payload.CommitAsync("leaves things behind");
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "later"), "");

        (await scene.CliAsync("smoke")).Exits(0).Says(said);

        Assert.Contains(said, Attested(scene, "host-mutation").Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_smoke_that_was_killed_is_no_B_when_it_left_something_in_the_live_release()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "[ ! -e later ] || { echo more > left-behind; sleep 20; }; echo smoke fine");
        await scene.Payload.CommitAsync("leaves things behind");
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "later"), "");
        _ = scene.CliAsync("smoke");
        await Programs.UntilAsync(() => File.Exists(Path.Combine(scene.Slot, "left-behind")), "the smoke has left it");
        await scene.Agent.KillAsync();

        await scene.StartAgentAsync();

        Assert.Equal(Verdict.C, scene.LastEnd.Verdict);
        Assert.Contains("beside the manifest's files", Assert.Single(scene.LastEnd.Changes), StringComparison.Ordinal);
    }

    /// <summary>An anchor is watched while a smoke runs too.</summary>
    [Fact]
    public async Task A_smoke_during_which_an_anchor_changes_says_so()
    {
        await using var scene = await Scene.OpenAsync();
        var anchor = Directory.CreateDirectory(Path.Combine(scene.Folder, "precious")).FullName;
        scene.Payload.Write("iucutter.yaml", Payload.Yaml($"anchors: [{anchor}]"));
        scene.Payload.Write("smoke.sh", "[ ! -e later ] || sleep 3; echo smoke fine");
        await scene.Payload.CommitAsync("anchored");
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "later"), "");
        (await scene.CliAsync("smoke")).Exits(0).Says("nothing");
        Assert.Equal(Attestation.None, Attested(scene, "production-mutation").Says);

        var smoke = scene.CliAsync("smoke");
        await Programs.UntilAsync(() => scene.Ledger.Count(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }) == 3, "the smoke runs");
        await File.WriteAllTextAsync(Path.Combine(anchor, "new"), "");

        (await smoke).Says($"anchor {anchor} was");
        Assert.Contains($"anchor {anchor} was", Attested(scene, "production-mutation").Says, StringComparison.Ordinal);
    }

    private static Attestation Attested(Scene scene, string id)
    {
        var ledger = scene.Ledger;
        var operation = ledger.Last(e => e.Event is LedgerEvent.OperationEnded).Operation;
        return AttestationRules.Of(OperationRecord.Of(operation, ledger)).Single(a => a.Id == id);
    }

    /// <summary>A push that is killed with its agent while its smoke runs.</summary>
    private static async Task KillInSmokeAsync(Scene scene)
    {
        scene.Payload.Write("smoke.sh", "sleep 20; echo smoke fine");
        await scene.Payload.CommitAsync("slow smoke");
        var before = scene.Ledger.Count(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 });
        _ = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Count(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }) == before + 1, "the smoke runs");
        await scene.Agent.KillAsync();
    }
}
