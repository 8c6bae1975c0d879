using System.Collections.Immutable;

namespace IuCutter.Plans;

/// <summary>A command that the push will run on the target.</summary>
public sealed record PlanCommand
{
    /// <summary>The check that it is, e.g. <c>G5.test.1</c>.</summary>
    public required string Check { get; init; }

    public required ImmutableArray<string> Run { get; init; }

    /// <summary>Set where this is one of several ways: the first whose probe exits 0 is taken.</summary>
    public ImmutableArray<string>? Probe { get; init; }

    /// <summary>Relative to the release; null for the release itself.</summary>
    public string? Directory { get; init; }

    public required long TimeoutSeconds { get; init; }

    public required bool Network { get; init; }

    /// <summary>The names of the variables that it gets from the agent's own environment.</summary>
    public required ImmutableArray<string> Environment { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() => Quoted(Run)
        + (Probe is { } probe ? $", if `{Quoted(probe)}` exits 0" : "")
        + (Directory is null ? "" : $", in {Directory}")
        + $", at most {TimeoutSeconds} s"
        + (Network ? ", with network" : "")
        + (Environment.IsEmpty ? "" : $", with {string.Join(' ', Environment)}");

    /// <summary>As one would type it: two commands that differ in an argument never look the same.</summary>
    private static string Quoted(ImmutableArray<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./+=:@%,".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
}
