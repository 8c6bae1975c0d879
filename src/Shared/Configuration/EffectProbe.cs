using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>What is looked at before and after a run that says whether it changes something. Exactly one of the two is given.</summary>
public sealed record EffectProbe
{
    /// <summary>A file or tree: absolute on the target, or relative in the release.</summary>
    public string? Path { get; init; }

    /// <summary>A command, run as the measured one is, whose output says what the effect is: a query's answer.</summary>
    public IReadOnlyList<string>? Run { get; init; }

    /// <summary>Whether nothing need lie at the path, before or after: else a dry run that finds nothing there is not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MayBeAbsent { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() => Path ?? $"`{string.Join(' ', Run ?? [])}`";
}
