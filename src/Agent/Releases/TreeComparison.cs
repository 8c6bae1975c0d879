using System.Collections.Immutable;

namespace IuCutter.Agent.Releases;

/// <summary>A release's tree on the disk, held against its manifest.</summary>
/// <param name="Files">How many entries of the manifest were looked at.</param>
/// <param name="Bytes">How many bytes of content were read and hashed.</param>
/// <param name="Differences">Entries that are missing or differ, the first twenty, one sentence each.</param>
/// <param name="Extra">How many paths are there that the manifest does not name; directories that it implies do not count.</param>
public sealed record TreeComparison(int Files, long Bytes, int DifferenceCount, ImmutableArray<string> Differences, int Extra, string? FirstExtra)
{
    /// <summary>How many of the files have more names than one: other releases have them too.</summary>
    public int Linked { get; init; }

    /// <summary>How many of the files were not read, because nobody has written to them since they were.</summary>
    public int Untouched { get; init; }

    /// <summary>How many were neither read nor asked for their status, because the same operation had just done so.</summary>
    public int JustHeld { get; init; }

    /// <summary>Of the paths that the manifest does not name, those that endanger the host: the first twenty, one sentence each. Only where they were looked at.</summary>
    public ImmutableArray<string> Dangers { get; init; } = [];

    public bool HoldsTheManifest => DifferenceCount == 0;

    /// <summary>For people.</summary>
    public override string ToString() => HoldsTheManifest
        ? $"{Files} files as in the manifest{(Untouched > 0 ? $", {Untouched} of them untouched since they were read" : "")}{(JustHeld > 0 ? $", {JustHeld} of them looked at just before" : "")}{(Extra > 0 ? $", {Extra} more beside them (first: {FirstExtra})" : "")}"
        : $"{DifferenceCount} of {Files} differ: {string.Join("; ", Differences.Take(3))}";
}
