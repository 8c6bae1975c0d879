using IuCutter.Configuration;

namespace IuCutter.Agent.Serving;

/// <summary>What `iucutter-agent serve` was told.</summary>
/// <param name="DeployRoot">Where slots lie; absolute.</param>
/// <param name="StateDirectory">The agent's own directory; absolute.</param>
/// <param name="Socket">The Unix socket; absolute.</param>
/// <param name="Port">A TCP port on 127.0.0.1 beside the socket; null for none.</param>
/// <param name="LeastTier">Commands never run in a weaker fence than this.</param>
/// <param name="Users">Users beside the agent's own and root who may connect.</param>
/// <param name="Policy">The policy file; null for none.</param>
/// <param name="People">The allowed-signers file of the people whose word counts; null for none.</param>
/// <param name="Approvers">The allowed-signers file of those who may approve; null for none.</param>
/// <param name="SpareAfter">How long after the last operation a spare of a live release is made; null for never.</param>
/// <param name="Record">The git repository that each report is committed to; null for none.</param>
public sealed record AgentOptions(
    string DeployRoot,
    string StateDirectory,
    string Socket,
    int? Port,
    SandboxTier LeastTier,
    IReadOnlyList<string> Users,
    string? Policy,
    string? People,
    string? Approvers,
    TimeSpan? SpareAfter,
    string? Record);
