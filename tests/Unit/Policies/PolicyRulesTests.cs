using System.Collections.Immutable;
using System.Text;
using IuCutter.Configuration;
using IuCutter.Configuration.Detection;
using IuCutter.Gates;
using IuCutter.Policies;

namespace IuCutter.Tests.Unit.Policies;

public sealed class PolicyRulesTests
{
    private const string Good = """
        compile: { run: [sh, build.sh], memory: 64MiB, timeout: 1m }
        import: { run: [sh, import.sh], timeout: 1m }
        test: { run: [sh, test.sh], timeout: 1m }
        assert:
          - switch_off: { file: switch.txt, matches: "^off$" }
          - refused: { run: [sh, live.sh], says: refused, timeout: 1m }
        smoke: { run: [sh, smoke.sh], sandbox: t3, timeout: 1m }
        guards: [{ tool: sh, version: ">= 1" }]
        """;

    private static readonly AgentPolicy Strict = new()
    {
        Require = Enum.GetValues<PolicyPart>(),
        RequiresParity = true,
        RequiresSwitchOff = true,
        RequiresCleanTree = true,
        ForbidsNetwork = true,
        Sandbox = SandboxTier.T3,
        Programs = ["sh"],
        MostTimeout = TimeSpan.FromMinutes(1),
        MostMemory = 64L << 20,
    };

    [Fact]
    public void A_push_that_keeps_every_rule_breaks_none() => Assert.Empty(Broken(Good));

    [Fact]
    public void Without_a_policy_nothing_is_broken() => Assert.Empty(PolicyRules.Broken(AgentPolicy.None, Read("test: []"), []));

    [Theory]
    [InlineData("compile: { run: [sh, build.sh], memory: 64MiB, timeout: 1m }", "compile: []", "require compile: the configuration says []")]
    [InlineData("import: { run: [sh, import.sh], timeout: 1m }", "import: []", "require import: the configuration says []")]
    [InlineData("test: { run: [sh, test.sh], timeout: 1m }", "test: []", "require test: the configuration says []")]
    [InlineData("smoke: { run: [sh, smoke.sh], sandbox: t3, timeout: 1m }", "", "require smoke: the configuration names none, and none was detected")]
    [InlineData("test: { run: [sh, test.sh]", "test: { run: [sh, test.sh], parity: off", "parity: test.1 has parity: off")]
    [InlineData("test: { run: [sh, test.sh]", "test: { run: [sh, test.sh], source: false", "parity: test.1 has source: false")]
    [InlineData("  - switch_off: { file: switch.txt, matches: \"^off$\" }\n", "", "switch_off: no assertion reads a switch off")]
    [InlineData("  - refused: { run: [sh, live.sh], says: refused, timeout: 1m }\n", "", "switch_off: no assertion shows the live mode refused")]
    [InlineData("sandbox: t3", "sandbox: t0", "sandbox: smoke.1 asks for T0, the least is T3")]
    [InlineData("sandbox: t3", "network: true", "network: smoke.1 asks for one")]
    [InlineData("[sh, live.sh]", "[./live]", "programs: ./live is not among sh")]
    [InlineData("[sh, smoke.sh],", "[sh, smoke.sh], mode: dry, effect: { run: [psql, -c, select] },", "programs: psql is not among sh")]
    [InlineData("tool: sh, version", "tool: perl, version", "programs: perl is not among sh")]
    [InlineData("[sh, import.sh], timeout: 1m", "[sh, import.sh], timeout: 2m", "most_timeout: import.1 may take 120 s, the most is 60 s")]
    [InlineData("[sh, live.sh], says: refused, timeout: 1m", "[sh, live.sh], says: refused", "most_timeout: assert.2 may take 600 s, the most is 60 s")]
    [InlineData("memory: 64MiB", "memory: 65MiB", "most_memory: compile.1 may take 68157440 bytes, the most is 67108864")]
    public void A_configuration_that_weakens_a_rule_is_named(string what, string instead, string said)
    {
        Assert.Contains(what, Good, StringComparison.Ordinal);

        var broken = Broken(Good.Replace(what, instead, StringComparison.Ordinal));

        Assert.Contains(broken, b => b.StartsWith(said, StringComparison.Ordinal));
        Assert.All(broken, b => Assert.StartsWith(said.Split(':')[0].Split(' ')[0], b, StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_list_of_assertions_is_none()
    {
        var broken = Broken(Good[..Good.IndexOf("assert:", StringComparison.Ordinal)] + "assert: []\n" + Good[Good.IndexOf("smoke:", StringComparison.Ordinal)..]);

        Assert.Equal(3, broken.Count);
        Assert.Contains("require assert: the configuration asserts nothing", broken);
    }

    [Theory]
    [InlineData("G1.scan", "require scan: G1.scan did not run")]
    [InlineData("G2.scan", "require scan: G2.scan did not run")]
    [InlineData("G2.reproduced", "require reproduction: G2.reproduced did not run")]
    [InlineData("G1.test.1", "parity: the source host has no count of test.1")]
    [InlineData("G0.clean", "clean: ")]
    public void What_the_source_host_did_not_run_is_named(string check, string said)
    {
        Assert.StartsWith(said, Assert.Single(Broken(Good, without: check)), StringComparison.Ordinal);
        Assert.StartsWith(said, Assert.Single(Broken(Good, unseen: check)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_someone_left_out_is_named_with_their_word()
    {
        var gap = Held("G0.no-import") with { Status = CheckStatus.CouldNotRun, Gap = new Gap("no-import", "the push was asked for without import", "ann@dev") };

        Assert.Equal(["require import: the push was asked for without import"], PolicyRules.Broken(Strict, Read(Good), Gates(more: gap)));
    }

    [Fact]
    public void An_unclean_tree_breaks_the_rule_of_clean_trees() => Assert.StartsWith("clean: ", Assert.Single(Broken(Good, dirty: "3")), StringComparison.Ordinal);

    [Fact]
    public void A_way_that_hangs_on_a_probe_is_none_that_must_run()
    {
        var test = new TestCommand { Command = new CheckCommand { Run = ["sh", "t"], Timeout = TimeSpan.FromSeconds(9) } };
        var probed = Detected(new Candidate([test], ["sh", "probe"]));
        var fallback = Detected(new Candidate([test], ["sh", "probe"]), new Candidate([test]));
        var foreign = Detected(new Candidate([test], ["perl", "probe"]), new Candidate([test]));

        Assert.StartsWith("require test: what was detected hangs on a probe", Assert.Single(PolicyRules.Broken(Strict, probed, Gates())), StringComparison.Ordinal);
        Assert.Empty(PolicyRules.Broken(Strict, fallback, Gates()));
        Assert.StartsWith("programs: perl", Assert.Single(PolicyRules.Broken(Strict, foreign, Gates())), StringComparison.Ordinal);
    }

    private static ReleaseConfiguration Detected(params Candidate[] test) => Read(Good) with
    {
        Test = null,
        Detected = new Detected(DetectedLanguage.Python, "", [], [], test, []),
    };

    private static IReadOnlyList<string> Broken(string yaml, string? without = null, string? unseen = null, string dirty = "0") =>
        PolicyRules.Broken(Strict, Read(yaml), Gates(without, unseen, dirty));

    private static ReleaseConfiguration Read(string yaml) => ConfigurationFile.Read(Encoding.UTF8.GetBytes(yaml), "x");

    private static GateResult[] Gates(string? without = null, string? unseen = null, string dirty = "0", Check? more = null)
    {
        Check[] all = [Held("G0.clean", dirty), Held("G1.scan"), Held("G1.test.1"), Held("G2.reproduced"), Held("G2.scan")];
        var checks = all.Append(more).OfType<Check>().Where(c => c.Id != without).Select(c => c.Id == unseen ? c with { Evidence = null } : c).ToImmutableArray();
        return [new GateResult(GateId.G0, Outcome.Pass, null, checks)];
    }

    private static Check Held(string id, string? dirty = null) => new()
    {
        Id = id,
        Statement = "",
        Status = CheckStatus.Held,
        Expected = "",
        Seen = "",
        Evidence = new Evidence
        {
            Started = DateTimeOffset.UnixEpoch,
            Milliseconds = 1,
            Measured = dirty is null ? null : ImmutableSortedDictionary<string, string>.Empty.Add("paths not committed", dirty),
            Command = new CommandEvidence
            {
                Arguments = [],
                WorkingDirectory = "/",
                EnvironmentNames = [],
                Sandbox = "T0",
                OutputSha256 = "",
                OutputBytes = 0,
                Tail = "",
                Tests = new TestEvidence(1, 1, 0, 0),
            },
        },
    };
}
