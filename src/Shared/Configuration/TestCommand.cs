using System.Text.Json.Serialization;
using IuCutter.Counting;

namespace IuCutter.Configuration;

/// <summary>A command whose tests are counted.</summary>
public sealed record TestCommand
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    public required CheckCommand Command { get; init; }

    /// <summary>Whose summary is counted; null is guessed from the output.</summary>
    public TestFramework? Counts { get; init; }

    /// <summary>The JUnit XML file that the run leaves behind, relative to the release directory.</summary>
    public string? Report { get; init; }

    [JsonRequired]
    public ParityRule Parity { get; init; }

    /// <summary>The fewest tests that may have passed; null is one.</summary>
    public int? Minimum { get; init; }

    /// <summary>True: runs on the source host too, which parity compares with.</summary>
    [JsonRequired]
    public bool Source { get; init; } = true;
}
