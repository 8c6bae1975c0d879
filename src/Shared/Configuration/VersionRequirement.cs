using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace IuCutter.Configuration;

/// <summary>
/// Which versions will do: <c>&gt;= 2.30</c>, or several with commas, all of which must hold. Versions are numbers with dots; missing
/// parts are 0, and what follows the numbers (<c>-rc1</c>, <c>+build</c>) is not looked at.
/// </summary>
[JsonConverter(typeof(VersionRequirementConverter))]
public sealed partial record VersionRequirement
{
    private readonly (string Relation, int[] Parts)[] _bounds;

    private VersionRequirement(string text, (string Relation, int[] Parts)[] bounds)
    {
        Text = text;
        _bounds = bounds;
    }

    public string Text { get; }

    /// <summary>Null when the text is no requirement.</summary>
    public static VersionRequirement? TryParse(string text)
    {
        var bounds = new List<(string, int[])>();
        foreach (var piece in text.Split(','))
        {
            var match = Bound().Match(piece);
            if (!match.Success || Numbers(match.Groups["version"].ValueSpan) is not { } parts)
            {
                return null;
            }

            bounds.Add((match.Groups["relation"].Value, parts));
        }

        return new VersionRequirement(text.Trim(), [.. bounds]);
    }

    /// <summary>Looks for the first dotted number in what a tool prints about itself (<c>git version 2.39.5</c>); none is not allowed.</summary>
    public bool Allows(string printed)
    {
        var match = FirstVersion().Match(printed);
        return match.Success && Numbers(match.ValueSpan) is { } parts && Array.TrueForAll(_bounds, bound => Holds(bound, parts));
    }

    public bool Equals(VersionRequirement? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    public override string ToString() => Text;

    private static bool Holds((string Relation, int[] Parts) bound, int[] parts)
    {
        var order = Compare(parts, bound.Parts);
        return bound.Relation switch
        {
            ">=" => order >= 0,
            ">" => order > 0,
            "<=" => order <= 0,
            "<" => order < 0,
            _ => order == 0,
        };
    }

    private static int Compare(int[] left, int[] right)
    {
        for (var part = 0; part < Math.Max(left.Length, right.Length); part++)
        {
            var order = left.ElementAtOrDefault(part).CompareTo(right.ElementAtOrDefault(part));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int[]? Numbers(ReadOnlySpan<char> version)
    {
        var parts = new List<int>();
        foreach (var range in version.Split('.'))
        {
            if (!int.TryParse(version[range], System.Globalization.NumberStyles.None, null, out var number))
            {
                return null;
            }

            parts.Add(number);
        }

        return [.. parts];
    }

    [GeneratedRegex(@"^\s*(?<relation>>=|<=|==|=|>|<)\s*(?<version>[0-9]+(\.[0-9]+){0,4})\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bound();

    [GeneratedRegex(@"[0-9]+(\.[0-9]+){1,4}|(?<=\bv?)[0-9]+\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FirstVersion();
}
