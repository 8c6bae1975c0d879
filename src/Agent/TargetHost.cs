using IuCutter.Agent.Approvals;
using IuCutter.Agent.Ledger;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Agent.Spares;
using IuCutter.Policies;

namespace IuCutter.Agent;

/// <summary>What every operation works on: the deploy root, the ledger with its key, and the runner of the payload's commands.</summary>
public sealed record TargetHost(DeployRoot Root, LedgerFile Ledger, LedgerKey Key, PayloadRunner Payload, StateDirectory State, TimeProvider Time)
{
    /// <summary>Copies of live releases, to make the next ones from.</summary>
    public SpareShelf Spares { get; } = new(Root, Payload, Time);

    /// <summary>What is demanded of every push, whatever its configuration says.</summary>
    public AgentPolicy Policy { get; init; } = AgentPolicy.None;

    /// <summary>Where reports are committed; null where the operator wants none.</summary>
    public DeployRecord? Record { get; init; }

    /// <summary>Who may approve a plan; null where the operator named nobody.</summary>
    public Approvers? Approvers { get; init; }
}
