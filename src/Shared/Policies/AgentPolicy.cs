using IuCutter.Configuration;
using IuCutter.Digests;

namespace IuCutter.Policies;

/// <summary>
/// What an agent demands of every push, whatever the pushed commit says of itself. Read from a file of the target's operator at the agent's start:
/// docs/policy.md.
/// </summary>
public sealed record AgentPolicy
{
    /// <summary>An agent without a policy file demands nothing beyond its options.</summary>
    public static readonly AgentPolicy None = new();

    /// <summary>The sha256 of the file that it was read from; null where there is none.</summary>
    public Sha256Digest? Digest { get; init; }

    /// <summary>Parts that no payload may drop.</summary>
    public IReadOnlyList<PolicyPart> Require { get; init; } = [];

    /// <summary>True: every test's count must have its match from the source host.</summary>
    public bool RequiresParity { get; init; }

    /// <summary>True: the payload must prove a switch off, and that its live mode is refused.</summary>
    public bool RequiresSwitchOff { get; init; }

    /// <summary>The weakest fence that commands may run in or ask for.</summary>
    public SandboxTier? Sandbox { get; init; }

    /// <summary>True: a person's approval of the plan must be there first.</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>True: no command gets a network.</summary>
    public bool ForbidsNetwork { get; init; }

    /// <summary>True: the source's work tree must be clean.</summary>
    public bool RequiresCleanTree { get; init; }

    /// <summary>The only programs that a payload may run; null for any.</summary>
    public IReadOnlyList<string>? Programs { get; init; }

    public TimeSpan? MostTimeout { get; init; }

    /// <summary>In bytes. A command that names no limit gets this one.</summary>
    public long? MostMemory { get; init; }
}
