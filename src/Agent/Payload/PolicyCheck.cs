using IuCutter.Gates;
using IuCutter.Policies;

namespace IuCutter.Agent.Payload;

/// <summary>Holds what is about to run against the agent's policy, before any of it does.</summary>
internal static class PolicyCheck
{
    /// <param name="deed">What is held against it, as people say it: the push, the smoke.</param>
    /// <param name="broken">Each rule that it would break.</param>
    /// <returns>Whether it may go on; without a policy it may, and no check is made.</returns>
    public static bool Keeps(AgentPolicy policy, CheckList gate, string deed, Func<IReadOnlyList<string>> broken) => policy.Digest is not { } digest
        || gate.Observe("policy", $"the {deed} keeps the agent's policy", $"no rule of policy {digest.Short}… broken", () =>
        {
            var rules = broken();
            return rules.Count == 0
                ? Observation.Held("policy kept", ("policy sha256", digest))
                : Observation.CouldNotRun($"{string.Join("; ", rules)}; the agent's policy stands above what is pushed: keep it, or have the operator of {Environment.MachineName} change it");
        }).IsHeld;
}
