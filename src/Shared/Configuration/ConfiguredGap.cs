namespace IuCutter.Configuration;

/// <summary>A thing that the release says of itself is missing.</summary>
/// <param name="Id">A name, by which it is carried from release to release.</param>
/// <param name="Statement">What is missing, in one sentence.</param>
/// <param name="Owner">Who has to close it.</param>
/// <param name="ClosedBy">A check's id, or an assertion's name, that closes it when it runs and holds; null when only a person's word does.</param>
public sealed record ConfiguredGap(string Id, string Statement, string Owner, string? ClosedBy = null);
