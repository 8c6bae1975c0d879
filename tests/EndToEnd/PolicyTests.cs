using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>The agent's policy stands above the word of what is pushed: a commit that weakens a rule of it is blocked, and nothing is begun.</summary>
public sealed class PolicyTests
{
    private const string Strict = """
        require: [compile, test, assert, smoke, scan, reproduction]
        parity: required
        switch_off: required
        sandbox: t3
        clean: required
        programs: [sh]
        most_timeout: 1m
        most_memory: 256MiB
        """;

    private const string Good = """
        name: app
        compile: { run: [sh, -n, test.sh], timeout: 20s }
        test: { run: [sh, test.sh], counts: tap, timeout: 20s }
        assert:
          - switch_off: { file: switch.txt, matches: "^off$" }
          - refused: { run: [sh, live.sh], exit: 3, says: the switch is off, timeout: 20s }
        smoke: { run: [sh, smoke.sh], timeout: 20s }
        """;

    public static TheoryData<string, string, string[], string> Weakenings => new()
    {
        { "compile: { run: [sh, -n, test.sh], timeout: 20s }", "compile: []", [], "require compile: the configuration says []" },
        { "test: { run: [sh, test.sh], counts: tap, timeout: 20s }", "test: []", [], "require test: the release has no test" },
        { "smoke: { run: [sh, smoke.sh], timeout: 20s }", "smoke: []", [], "require smoke: the release has no smoke" },
        { "", "", ["--without", "assert"], "require assert: the push was asked for without assert" },
        { "", "", ["--without", "scan"], "require scan: the push was asked for without scan" },
        { "", "", ["--without", "reproduction"], "require reproduction: the push was asked for without reproduction" },
        { "", "", ["--no-source-tests"], "parity: the source host has no count of test.1" },
        { "counts: tap,", "counts: tap, parity: off,", [], "parity: test.1 has parity: off" },
        { "switch_off: { file: switch.txt, matches: \"^off$\" }", "present: switch.txt", [], "switch_off: no assertion reads a switch off" },
        { "refused: { run: [sh, live.sh], exit: 3, says: the switch is off, timeout: 20s }", "present: live.sh", [], "switch_off: no assertion shows the live mode refused" },
        { "[sh, smoke.sh],", "[sh, smoke.sh], sandbox: t0,", [], "sandbox: smoke.1 asks for T0, the least is T3" },
        { "[sh, smoke.sh]", "[env, sh, smoke.sh]", [], "programs: env is not among sh" },
        { "[sh, smoke.sh], timeout: 20s", "[sh, smoke.sh], timeout: 2m", [], "most_timeout: smoke.1 may take 120 s, the most is 60 s" },
        { "[sh, smoke.sh],", "[sh, smoke.sh], memory: 1GiB,", [], "most_memory: smoke.1 may take 1073741824 bytes" },
    };

    [Theory]
    [MemberData(nameof(Weakenings))]
    public async Task A_push_that_weakens_a_rule_is_blocked_and_nothing_is_begun(string what, string instead, string[] options, string said)
    {
        await using var scene = await OpenAsync(Strict, what.Length == 0 ? Good : Good.Replace(what, instead, StringComparison.Ordinal));
        var before = scene.Picture();

        (await scene.PushAsync(options)).Exits(3).Says("G3.policy").Says(said).Says("verdict B");

        Assert.Equal(before, scene.Picture());
        AssertNothingBegun(scene);
    }

    [Fact]
    public async Task An_unclean_tree_is_blocked_where_the_policy_says_so()
    {
        await using var scene = await OpenAsync("clean: required", Good);
        scene.Payload.Write("not-committed.txt", "later");

        (await scene.PushAsync()).Exits(3).Says("G3.policy").Says("clean: the work tree held what the commit does not");

        AssertNothingBegun(scene);
    }

    [Fact]
    public async Task A_push_that_keeps_every_rule_passes_and_its_report_shows_the_policy()
    {
        await using var scene = await OpenAsync(Strict, Good);

        (await scene.PushAsync("--verbose")).Exits(0).Says("policy kept");

        Assert.Contains(scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>(), c => c.Check is { Id: "G3.policy", Status: CheckStatus.Held });
    }

    [Fact]
    public async Task A_command_that_names_no_memory_limit_gets_the_policys()
    {
        await using var scene = await OpenAsync("most_memory: 64MiB", Payload.Yaml());
        scene.Payload.Write("smoke.sh", "python3 -c 'import time; x = bytearray(200 << 20); time.sleep(2)' && echo smoke fine");
        await scene.Payload.CommitAsync("wants much");

        (await scene.PushAsync()).Exits(3).Says("G6").Says("verdict B");

        await scene.Agent.StopAsync();
        await scene.StartAgentAsync();
        (await scene.PushAsync()).Exits(0);
    }

    [Theory]
    [InlineData("programs: [python3]", "programs: sh is not among python3")]
    [InlineData("most_timeout: 10s", "most_timeout: smoke.1 may take 20 s")]
    public async Task A_smoke_of_what_was_pushed_before_the_policy_is_held_against_it_and_runs_nothing(string policy, string said)
    {
        await using var scene = await OpenAsync("parity: required", Good);
        (await scene.PushAsync()).Exits(0);
        await scene.Agent.StopAsync();
        await scene.StartAgentAsync("--policy", Write(scene, policy));

        (await scene.CliAsync("smoke", "--slot", "app")).Exits(3).Says("G3.policy").Says(said).Says("verdict B");

        Assert.DoesNotContain(scene.Ledger.Where(e => e.Operation == scene.Ledger[^1].Operation), e => e.Event is LedgerEvent.CheckMade { Gate: GateId.G6 });
    }

    [Theory]
    [InlineData("require: [smok]", "policy.yaml:1:11: require[0]: got `smok`")]
    [InlineData("parity: off", "policy.yaml:1:9: parity: got `off`")]
    public async Task An_agent_does_not_start_with_a_policy_that_it_cannot_read_whole(string policy, string said)
    {
        await using var scene = await Scene.WithoutAgentAsync();

        var (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments("--policy", Write(scene, policy)));

        Assert.Equal(1, exit);
        Assert.Contains(said, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_does_not_start_with_a_policy_that_others_may_write_or_that_is_not_there()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var file = Write(scene, Strict);
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherWrite);

        var (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments("--policy", file));

        Assert.Equal(1, exit);
        Assert.Contains("others may write", log, StringComparison.Ordinal);
        (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments("--policy", file + ".none"));
        Assert.Equal(1, exit);
        Assert.Contains("there is no policy at", log, StringComparison.Ordinal);
    }

    private static void AssertNothingBegun(Scene scene)
    {
        Assert.DoesNotContain(scene.Ledger, e => e.Event is LedgerEvent.StepIntended or LedgerEvent.ReleaseStaged or LedgerEvent.SlotSwitched);
        Assert.Contains(scene.Ledger, e => e.Event is LedgerEvent.GateClosed { Gate: GateId.G3, Outcome: Outcome.Blocked });
        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
    }

    private static async Task<Scene> OpenAsync(string policy, string yaml)
    {
        var scene = await Scene.WithoutAgentAsync();
        scene.Payload.Write("iucutter.yaml", yaml);
        scene.Payload.Write("switch.txt", "off\n");
        scene.Payload.Write("live.sh", "echo the switch is off; exit 3");
        await scene.Payload.CommitAsync("configured");
        await scene.StartAgentAsync("--policy", Write(scene, policy));
        return scene;
    }

    private static string Write(Scene scene, string policy)
    {
        var file = Path.Combine(scene.Folder, "policy.yaml");
        File.WriteAllText(file, policy + "\n");
        return file;
    }
}
