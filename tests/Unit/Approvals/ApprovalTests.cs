using System.Text;
using IuCutter.Approvals;
using IuCutter.Digests;
using IuCutter.Plans;
using IuCutter.Tests.Unit.Plans;

namespace IuCutter.Tests.Unit.Approvals;

public sealed class ApprovalTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private static readonly ReleasePlan Plan = SamplePlan.Sign(SamplePlan.Unsigned);
    private static readonly Sha256Digest PlanDigest = Sha256Digest.Of(PlanJson.Write(Plan));
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 4, 0, 0, TimeSpan.Zero);

    private static readonly ReleaseApproval Good = new()
    {
        Format = ReleaseApproval.FormatName,
        PlanSha256 = PlanDigest.ToString(),
        Host = Plan.Target.Host,
        AgentKey = Plan.Target.AgentKey,
        Slot = Plan.Slot,
        Release = Plan.Release,
        Approver = "ann",
        Nonce = new string('7', 64),
        MadeAt = Now,
        ExpiresAt = Now.AddHours(2),
        Signature = "-----BEGIN SSH SIGNATURE-----\n",
    };

    public static TheoryData<string, Func<ReleaseApproval, ReleaseApproval>> Wrong => new()
    {
        { "it approves the plan with sha256", a => a with { PlanSha256 = new string('0', 64) } },
        { "it is for another target or release (host other", a => a with { Host = "other" } },
        { "it is for another target or release (agent key other", a => a with { AgentKey = "other" } },
        { "it is for another target or release (slot other", a => a with { Slot = "other" } },
        { "it is for another target or release (release other", a => a with { Release = "other" } },
        { "it expired", a => a with { ExpiresAt = Now - Tolerance - TimeSpan.FromSeconds(1) } },
        { "it was made", a => a with { MadeAt = Now + Tolerance + TimeSpan.FromSeconds(1) } },
        { "it is good for longer than", a => a with { ExpiresAt = Now.AddDays(8) } },
    };

    [Fact]
    public void An_approval_of_this_plan_is_good_between_its_times()
    {
        Assert.Null(Good.RefusalFor(PlanDigest, Plan, Now, Tolerance));
        Assert.Null(Good.RefusalFor(PlanDigest, Plan, Good.ExpiresAt + Tolerance, Tolerance));
        Assert.Null(Good.RefusalFor(PlanDigest, Plan, Good.MadeAt - Tolerance, Tolerance));
        Assert.Null((Good with { ExpiresAt = Now.AddDays(7) }).RefusalFor(PlanDigest, Plan, Now, Tolerance));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void One_that_is_wrong_in_one_thing_is_refused_for_that(string said, Func<ReleaseApproval, ReleaseApproval> change) =>
        Assert.StartsWith(said, change(Good).RefusalFor(PlanDigest, Plan, Now, Tolerance)!, StringComparison.Ordinal);

    [Fact]
    public void Every_fact_is_in_what_is_signed()
    {
        ReleaseApproval[] others =
        [
            Good with { PlanSha256 = "x" }, Good with { Host = "x" }, Good with { AgentKey = "x" }, Good with { Slot = "x" }, Good with { Release = "x" },
            Good with { Approver = "x" }, Good with { Nonce = "x" }, Good with { MadeAt = Now.AddSeconds(1) }, Good with { ExpiresAt = Now.AddSeconds(1) }, Good,
        ];

        Assert.Equal(others.Length, others.Select(a => a.SignedText()).Distinct(StringComparer.Ordinal).Count());
        Assert.StartsWith("iucutter-approval-v1\n", Good.SignedText(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_approval_is_read_back_and_no_other_spelling_of_it()
    {
        var bytes = ApprovalJson.Write(Good);

        Assert.Equal(Good, ApprovalJson.Read(bytes));
        Assert.Throws<ApprovalException>(() => ApprovalJson.Read([.. bytes, (byte)'\n']));
        Assert.Throws<ApprovalException>(() => ApprovalJson.Read(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.Throws<ApprovalException>(() => ApprovalJson.Read(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("+00:00", "Z", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_value_that_would_forge_a_line_is_refused()
    {
        ReleaseApproval[] forged =
        [
            Good with { Slot = "app\nrelease other" }, Good with { Approver = "ann\nnonce 1" }, Good with { Approver = "" }, Good with { Approver = "-O" },
            Good with { Nonce = "1" }, Good with { Nonce = new string('G', 64) }, Good with { Host = "a\rb" }, Good with { Format = "iucutter-approval-v2" },
        ];

        Assert.All(forged, a => Assert.Throws<ApprovalException>(() => ApprovalJson.Read(ApprovalJson.Write(a))));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("")]
    public void What_is_no_approval_is_refused(string text) => Assert.Throws<ApprovalException>(() => ApprovalJson.Read(Encoding.UTF8.GetBytes(text)));
}
