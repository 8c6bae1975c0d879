using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>One command that a gate runs in the release directory, and what of it must hold.</summary>
public sealed record CheckCommand
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);

    public string? Name { get; init; }

    /// <summary>The program and its arguments, as they reach execve: no shell splits or expands them.</summary>
    public required IReadOnlyList<string> Run { get; init; }

    /// <summary>Relative, inside the release directory; null is the release directory itself.</summary>
    public string? Directory { get; init; }

    [JsonRequired]
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Names passed through from the agent's own environment, values masked in all output.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Environment { get; init; } = [];

    [JsonRequired]
    public IReadOnlyList<EnvironmentSetting> Set { get; init; } = [];

    [JsonRequired]
    public bool Network { get; init; }

    /// <summary>The least tier; null leaves it to the agent's policy.</summary>
    public SandboxTier? Sandbox { get; init; }

    /// <summary>Memory limit in bytes; null leaves it to the agent's policy.</summary>
    public long? Memory { get; init; }

    [JsonRequired]
    public CommandExpectation Expect { get; init; } = new();

    /// <summary>What a smoke says of itself: then its effect is measured, and must be what the word says. Null says nothing.</summary>
    public RunMode? Mode { get; init; }

    /// <summary>By what the effect is measured; given together with <see cref="Mode"/>, and only then.</summary>
    public EffectProbe? Effect { get; init; }

    /// <summary>What people see: the name, or else the command itself.</summary>
    [JsonIgnore]
    public string Title => Name ?? string.Join(' ', Run);

    /// <summary>The names that it gets from its host: its own, and the release's, but for those that it sets itself.</summary>
    /// <param name="ofAll">What every command of the release gets: <see cref="ReleaseConfiguration.Environment"/>.</param>
    public IReadOnlyList<string> Passed(IEnumerable<string> ofAll) => [.. Environment.Union(ofAll.Except(Set.Select(s => s.Name), StringComparer.Ordinal), StringComparer.Ordinal)];
}
