namespace IuCutter.Plans;

/// <summary>The one target that a plan is for.</summary>
/// <param name="AgentKey">The fingerprint of the agent's public key, as ssh-keygen prints one.</param>
public sealed record PlanTarget(string Host, string AgentKey, string DeployRoot);
