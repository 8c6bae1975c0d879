using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>How strongly a command is fenced in on the target, weakest first, so that tiers compare with &lt;.</summary>
[JsonConverter(typeof(WordConverter<SandboxTier>))]
public enum SandboxTier
{
    /// <summary>The agent's own uid, no fence.</summary>
    T0,

    /// <summary>Another uid, limits and a cleared environment; files and network are not isolated.</summary>
    T1,

    /// <summary>Landlock.</summary>
    T2,

    /// <summary>Bubblewrap: namespaces of its own, all but the release read-only.</summary>
    T3,

    /// <summary>A transient systemd unit with its hardening.</summary>
    T4,
}
