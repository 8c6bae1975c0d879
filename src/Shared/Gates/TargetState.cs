using System.Collections.Immutable;

namespace IuCutter.Gates;

/// <summary>The target after an operation, as compared with its first reading.</summary>
/// <param name="Measured">False when no first or no last reading could be taken: then nothing may be claimed.</param>
/// <param name="Changes">What differs, one sentence each, the intended changes included.</param>
/// <param name="Undo">The one command that undoes the changes; null when there is none to undo.</param>
public sealed record TargetState(bool Measured, ImmutableArray<string> Changes, string? Undo)
{
    /// <summary>True only when both readings were taken and are equal.</summary>
    public bool IsMeasuredUnchanged => Measured && Changes.IsEmpty;
}
