using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>When a command's end counts as good: its exit code, and texts its output (both streams) must or must not hold.</summary>
public sealed record CommandExpectation
{
    [JsonRequired]
    public int Exit { get; init; }

    [JsonRequired]
    public IReadOnlyList<string> Contains { get; init; } = [];

    [JsonRequired]
    public IReadOnlyList<string> Absent { get; init; } = [];
}
