namespace IuCutter.Configuration;

/// <summary>A path on the target that must not change while a push runs.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Expect">The tree digest (64 hex digits) that the first reading must give, or <see cref="Absent"/>; null when any digest will do.</param>
public sealed record Anchor(string Path, string? Expect = null)
{
    /// <summary>That nothing lies there; whoever does not say so is told when nothing does, for a misspelt path never changes.</summary>
    public const string Absent = "absent";
}
