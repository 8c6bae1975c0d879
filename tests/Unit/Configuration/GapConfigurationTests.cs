using System.Text;
using IuCutter.Configuration;
using IuCutter.Gates;

namespace IuCutter.Tests.Unit.Configuration;

public sealed class GapConfigurationTests
{
    [Fact]
    public void Gaps_and_conditions_have_every_key_that_they_were_given()
    {
        var configuration = ConfigurationFile.Read(
            """
            assert: [{ present: a }, { name: has b, present: b }]
            gaps:
              - { id: no-load, statement: no load, owner: ann }
              - { id: no-b, statement: no b, owner: bob, closed_by: has b }
              - { id: no-a, statement: no a, owner: bob, closed_by: G5.assert.1 }
            enable_when:
              - { gap: no-load, name: load }
              - { gate: G5 }
              - { check: has b }
              - { verdict: A }
              - { smoke_within: 1h30m }
            """u8,
            "x");

        Assert.Equal(
            [new ConfiguredGap("no-load", "no load", "ann"), new ConfiguredGap("no-b", "no b", "bob", "has b"), new ConfiguredGap("no-a", "no a", "bob", "G5.assert.1")],
            configuration.Gaps!);
        Assert.Equal(
            [
                new Condition.GapClosed("no-load") { Name = "load" }, new Condition.GatePassed(GateId.G5), new Condition.CheckHeld("has b"),
                new Condition.VerdictReached(Verdict.A), new Condition.SmokeWithin(new TimeSpan(1, 30, 0)),
            ],
            configuration.EnableWhen!);
    }

    [Theory]
    [InlineData("gaps: [{ id: a, statement: b }]", "gaps[0]", "`owner` is missing")]
    [InlineData("gaps: [{ id: A b, statement: b, owner: c }]", "gaps[0].id", "must begin with one of a-z")]
    [InlineData("gaps: [{ id: a, statement: b, owner: c }, { id: a, statement: d, owner: c }]", "gaps[1].id", "named twice")]
    [InlineData("gaps: [{ id: a, statement: \"b\\nc\", owner: c }]", "gaps[0].statement", "wanted one line")]
    [InlineData("gaps: [{ id: a, statement: b, owner: c, closed_by: has c }]\nassert: [{ name: has b, present: b }]", "gaps[0].closed_by", "did you mean `has b`?")]
    [InlineData("gaps: [{ id: a, statement: b, owner: c, closed_by: G5.assert.2 }]\nassert: [{ present: b }]", "gaps[0].closed_by", "`assert` has 1 items")]
    [InlineData("gaps: [{ id: a, statement: b, owner: c, closed_by: G9.test }]", "gaps[0].closed_by", "wanted a check's id")]
    [InlineData("enable_when: [{ gap: a, gate: G5 }]", "enable_when[0]", "got gap and gate together")]
    [InlineData("enable_when: [{ gate: g5 }]", "enable_when[0].gate", "wanted G0 to G8")]
    [InlineData("enable_when: [{ gate: 5 }]", "enable_when[0].gate", "wanted G0 to G8")]
    [InlineData("enable_when: [{ check: has b }]", "enable_when[0].check", "wanted a check's id")]
    [InlineData("enable_when: [{ verdict: B }]", "enable_when[0].verdict", "wanted A")]
    [InlineData("enable_when: [{ smoke_within: 0s }]", "enable_when[0].smoke_within", "wanted 1s")]
    [InlineData("enable_when: [{ smoke_within: soon }]", "enable_when[0].smoke_within", "wanted a time such as")]
    public void What_is_wrong_is_named_with_its_place(string yaml, string key, string message)
    {
        var refused = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Read(Encoding.UTF8.GetBytes(yaml), "x"));

        var problem = Assert.Single(refused.Problems);
        Assert.Equal(key, problem.Key);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }
}
