using IuCutter.Agent.Pushing;
using IuCutter.Approvals;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Plans;

namespace IuCutter.Agent.Approvals;

/// <summary>Looks whether a person has approved the push's very plan, for this target, now, and not for a push that was begun before.</summary>
internal sealed class ApprovalCheck(TargetHost host, PushOrder order)
{
    /// <summary>How far the clocks of two hosts may differ.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public static bool IsRequired(TargetHost host, PushOrder order) => host.Policy.RequiresApproval || order.Configuration.Approval == ApprovalRule.Required;

    /// <summary>The ledger line to be written before anything is begun; null while nothing was found good.</summary>
    public LedgerEvent.ApprovalUsed? Use { get; private set; }

    public async Task<Observation> LookAsync(CancellationToken cancellationToken)
    {
        if (order.Approval.Length == 0)
        {
            return Refused(order.Plan.Length == 0
                ? "an approval is required, and it is of a plan: `iucutter plan`, then `iucutter approve`, then `iucutter push --plan`"
                : "an approval is required, and none came with the push: `iucutter approve` makes one of the plan");
        }

        if (order.Plan.Length == 0)
        {
            return Refused("an approval came without the plan that it is of: push with --plan");
        }

        if (host.Approvers is not { } approvers)
        {
            return Refused($"this agent knows no approvers: its operator names their file with --approvers on {Environment.MachineName}");
        }

        try
        {
            var (plan, approval) = (PlanJson.Read(order.Plan), ApprovalJson.Read(order.Approval));
            if (approval.RefusalFor(order.PlanDigest!.Value, plan, host.Time.GetUtcNow(), ClockTolerance) is { } refusal)
            {
                return Refused($"the approval is refused: {refusal}");
            }

            var (key, unverified) = await approvers.VerifyAsync(approval, cancellationToken);
            return unverified is not null ? Refused($"the approval is refused: {unverified}")
                : host.Ledger.UserOf(approval.Nonce) is { } user ? Refused($"the approval is refused: it was used already, by {user}; `iucutter approve` makes another")
                : Good(approval, key!);
        }
        catch (Exception e) when (e is PlanException or ApprovalException)
        {
            return Refused($"the approval is refused: {e.Message}");
        }
    }

    private static Observation Refused(string why) => Observation.CouldNotRun(why);

    private Observation Good(ReleaseApproval approval, string key)
    {
        Use = new LedgerEvent.ApprovalUsed(approval.PlanSha256, approval.Release, approval.Approver, key, approval.Nonce, approval.ExpiresAt);
        return Observation.Held(
            $"approved by {approval.Approver}",
            ("approver", approval.Approver),
            ("key", key),
            ("plan sha256", approval.PlanSha256),
            ("nonce", approval.Nonce),
            ("expires", approval.ExpiresAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
