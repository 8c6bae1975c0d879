using System.Collections.Immutable;

namespace IuCutter.Reports;

/// <summary>One of a report's documents.</summary>
/// <param name="Name">Its file's name, without an ending: <c>01-source-survey</c>.</param>
public sealed record ReportDocument(string Name, string Title, ImmutableArray<Block> Blocks);
