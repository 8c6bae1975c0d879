using System.Text;
using IuCutter.Plans;

namespace IuCutter.Tests.Unit.Plans;

public sealed class PlanTests
{
    public static TheoryData<string, Func<ReleasePlan, ReleasePlan>> Drifts => new()
    {
        { "host", p => p with { Target = p.Target with { Host = "other" } } },
        { "agent key", p => p with { Target = p.Target with { AgentKey = "other" } } },
        { "deploy root", p => p with { Target = p.Target with { DeployRoot = "/other" } } },
        { "slot", p => p with { Slot = "other" } },
        { "release", p => p with { Release = "other" } },
        { "commit", p => p with { Commit = "other" } },
        { "manifest sha256", p => p with { ManifestSha256 = "other" } },
        { "configuration sha256", p => p with { ConfigurationSha256 = "other" } },
        { "files", p => p with { Entries = 8 } },
        { "bytes", p => p with { Bytes = 8 } },
        { "approval", p => p with { ApprovalRequired = false } },
        { "left out 1", p => p with { LeftOut = [] } },
        { "left out 2", p => p with { LeftOut = [.. p.LeftOut, "more"] } },
        { "at the slot", p => p with { Survey = p.Survey with { Slot = "link to other" } } },
        { "release directory", p => p with { Survey = p.Survey with { ReleaseDirectory = "there, whole" } } },
        { "guard 1, the host is the one that is meant", p => p with { Survey = p.Survey with { Guards = [p.Survey.Guards[0] with { Seen = "other" }] } } },
        { "anchor /opt/v1", p => p with { Survey = p.Survey with { Anchors = p.Survey.Anchors.SetItem("/opt/v1", "absent") } } },
        { "anchor /opt/v2", p => p with { Survey = p.Survey with { Anchors = p.Survey.Anchors.Add("/opt/v2", "absent") } } },
        { "tool sh", p => p with { Survey = p.Survey with { Tools = p.Survey.Tools.SetItem("sh", "/tmp/sh") } } },
        { "sandbox", p => p with { Survey = p.Survey with { Sandbox = "T0" } } },
        { "room", p => p with { Survey = p.Survey with { Room = p.Survey.Room with { Suffices = false } } } },
        { "policy", p => p with { Survey = p.Survey with { Policy = "other" } } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { Run = ["sh", "other.sh"] }] } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { Run = ["sh test.sh"] }] } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { Probe = ["sh probe"] }] } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { Probe = null }] } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { Network = false }] } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { TimeoutSeconds = 21 }] } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { Directory = null }] } },
        { "command 1, G5.test.1", p => p with { Commands = [p.Commands[0] with { Environment = [] }] } },
        { "way back", p => p with { WayBack = "other" } },
    };

    [Theory]
    [MemberData(nameof(Drifts))]
    public void Each_thing_that_drifts_is_named_alone(string name, Func<ReleasePlan, ReleasePlan> drift)
    {
        var difference = Assert.Single(PlanFacts.Differences(SamplePlan.Unsigned, drift(SamplePlan.Unsigned)));

        Assert.Equal(name, difference.Name);
        Assert.NotEqual(difference.Planned, difference.Seen);
    }

    [Fact]
    public void What_changes_by_itself_is_no_drift()
    {
        var plan = SamplePlan.Unsigned;
        var later = plan with
        {
            MadeAt = plan.MadeAt.AddHours(1),
            ExpiresAt = plan.ExpiresAt.AddHours(1),
            Survey = plan.Survey with { Room = plan.Survey.Room with { FreeBytes = 1 } },
        };

        Assert.Empty(PlanFacts.Differences(plan, SamplePlan.Sign(later)));
    }

    [Fact]
    public void A_fact_that_is_not_there_reads_as_nothing()
    {
        var (_, planned, seen) = Assert.Single(PlanFacts.Differences(SamplePlan.Unsigned with { LeftOut = [] }, SamplePlan.Unsigned));

        Assert.Equal(("nothing", SamplePlan.Unsigned.LeftOut[0]), (planned, seen));
    }

    [Fact]
    public void A_signed_plan_is_read_back_byte_for_byte()
    {
        var bytes = PlanJson.Write(SamplePlan.Sign(SamplePlan.Unsigned));

        Assert.Equal(bytes, PlanJson.Write(PlanJson.Read(bytes)));
        Assert.All(bytes, b => Assert.InRange(b, (byte)'\n', (byte)'~'));
    }

    [Fact]
    public void No_byte_of_a_plan_can_be_changed_removed_or_added()
    {
        var bytes = PlanJson.Write(SamplePlan.Sign(SamplePlan.Unsigned));
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.Throws<PlanException>(() => PlanJson.Read(changed));
            Assert.Throws<PlanException>(() => PlanJson.Read(bytes.AsSpan(0, i)));
            Assert.Throws<PlanException>(() => PlanJson.Read([.. bytes[..i], (byte)' ', .. bytes[i..]]));
        }

        Assert.Throws<PlanException>(() => PlanJson.Read([.. bytes, (byte)'\n']));
    }

    [Theory]
    [MemberData(nameof(Drifts))]
    public void A_plan_that_is_edited_after_its_signature_is_refused(string name, Func<ReleasePlan, ReleasePlan> edit)
    {
        var edited = edit(SamplePlan.Sign(SamplePlan.Unsigned));

        var refused = Assert.Throws<PlanException>(() => PlanJson.Read(PlanJson.Write(edited)));

        Assert.Contains("it was edited", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(name);
    }

    [Fact]
    public void A_life_that_was_made_longer_is_refused() =>
        Assert.Throws<PlanException>(() => PlanJson.Read(PlanJson.Write(SamplePlan.Sign(SamplePlan.Unsigned) with { ExpiresAt = SamplePlan.Unsigned.ExpiresAt.AddDays(1) })));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"format":"iucutter-plan-v1"}""")]
    [InlineData("""{"format":"iucutter-plan-v2"}""")]
    public void What_is_no_plan_is_refused(string text) => Assert.Throws<PlanException>(() => PlanJson.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_plan_is_good_between_its_times_only()
    {
        var plan = SamplePlan.Unsigned;
        var tolerance = TimeSpan.FromMinutes(5);

        Assert.Null(plan.RefusalAt(plan.MadeAt, TimeSpan.Zero));
        Assert.Null(plan.RefusalAt(plan.ExpiresAt, TimeSpan.Zero));
        Assert.Null(plan.RefusalAt(plan.ExpiresAt + tolerance, tolerance));
        Assert.NotNull(plan.RefusalAt(plan.ExpiresAt.AddSeconds(1), TimeSpan.Zero));
        Assert.NotNull(plan.RefusalAt(plan.ExpiresAt + tolerance + TimeSpan.FromSeconds(1), tolerance));
        Assert.NotNull(plan.RefusalAt(plan.MadeAt - tolerance - TimeSpan.FromSeconds(1), tolerance));
    }
}
