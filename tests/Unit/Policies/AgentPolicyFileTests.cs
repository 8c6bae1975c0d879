using System.Text;
using IuCutter.Configuration;
using IuCutter.Policies;

namespace IuCutter.Tests.Unit.Policies;

public sealed class AgentPolicyFileTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var policy = Read("""
            require: [test, smoke, assert, compile, import, scan, reproduction]
            parity: required
            switch_off: required
            sandbox: t3
            network: forbidden
            approval: required
            clean: required
            programs: [python3, sh]
            most_timeout: 45m
            most_memory: 2GiB
            """);

        Assert.Equal(
            [PolicyPart.Test, PolicyPart.Smoke, PolicyPart.Assert, PolicyPart.Compile, PolicyPart.Import, PolicyPart.Scan, PolicyPart.Reproduction], policy.Require);
        Assert.True(policy is { RequiresParity: true, RequiresSwitchOff: true, RequiresApproval: true, RequiresCleanTree: true, ForbidsNetwork: true });
        Assert.Equal((SandboxTier.T3, TimeSpan.FromMinutes(45), 2L << 30), (policy.Sandbox, policy.MostTimeout, policy.MostMemory));
        Assert.Equal(["python3", "sh"], policy.Programs);
        Assert.NotNull(policy.Digest);
    }

    [Fact]
    public void A_key_that_is_left_out_demands_nothing()
    {
        var policy = Read("sandbox: t0\n");

        Assert.Empty(policy.Require);
        Assert.True(policy is
        {
            RequiresParity: false, RequiresSwitchOff: false, RequiresApproval: false, RequiresCleanTree: false, ForbidsNetwork: false, Programs: null, MostTimeout: null, MostMemory: null,
        });
    }

    [Theory]
    [InlineData("require: [test, smok]", "p.yaml:1:17: require[1]: got `smok`; wanted one of compile, import, test")]
    [InlineData("require: [test, test]", "p.yaml:1:17: require[1]: `test` is required already")]
    [InlineData("parity: off", "p.yaml:1:9: parity: got `off`; wanted one of required")]
    [InlineData("approvals: required", "p.yaml:1:1: approvals: unknown key `approvals` (did you mean `approval`?)")]
    [InlineData("sandbox: t9", "p.yaml:1:10: sandbox: got `t9`")]
    [InlineData("most_timeout: 25h", "p.yaml:1:15: most_timeout: out of range")]
    [InlineData("most_memory: 1kB", "p.yaml:1:14: most_memory: got 1000; wanted 1048576")]
    [InlineData("programs: ['']", "p.yaml:1:12: programs[0]: got an empty name")]
    [InlineData("clean: required\nclean: required", "p.yaml:2:1: clean: `clean` stands here a second time")]
    [InlineData("- test", "p.yaml:1:1: got a list")]
    public void A_mistake_is_refused_with_its_place(string yaml, string said)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read(yaml));

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    private static AgentPolicy Read(string yaml) => AgentPolicyFile.Read(Encoding.UTF8.GetBytes(yaml), "p.yaml");
}
