using IuCutter.Agent.Pushing;
using IuCutter.Gates;
using IuCutter.Plans;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>What a push would do now: the looks of its preflight, taken without beginning anything.</summary>
internal sealed class PlanAnswer(TargetHost host)
{
    /// <returns>The plan, or null and what a push would be stopped by.</returns>
    /// <exception cref="RefusalException">The push cannot be what it says.</exception>
    public async Task<(ReleasePlan? Plan, IReadOnlyList<string> Hindrances)> MakeAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var life = request.LastsSeconds == 0 ? ReleasePlan.DefaultLife : TimeSpan.FromSeconds(request.LastsSeconds);
        if (request.Push is not { Plan.Length: 0, Approval.Length: 0 } push || life > ReleasePlan.LongestLife)
        {
            throw new RefusalException(
                RefusalCode.BadRequest, $"a plan is asked for with a push that has none yet, for at most {ReleasePlan.LongestLife.TotalDays} days", "ask for it with `iucutter plan`");
        }

        var order = PushOrders.Read(push);
        var looks = new CheckList(GateId.G3, host.Time, e => e is IOException or UnauthorizedAccessException or RefusalException, _ => { });
        var plan = await new Preflight(host, order).PlanAsync(looks, life, cancellationToken);
        var hindering = looks.Checks.Where(c => c.Status != CheckStatus.Held && c.Gap is null);
        return (plan, [.. hindering.Select(c => $"{c.Id}: {OutcomeRules.CauseOf([c])}")]);
    }
}
