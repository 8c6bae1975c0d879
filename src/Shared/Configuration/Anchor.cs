namespace IuCutter.Configuration;

/// <summary>A path on the target that must not change while a push runs.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Expect">The tree digest (64 hex digits) that the first reading must give; null when any will do.</param>
public sealed record Anchor(string Path, string? Expect = null);
