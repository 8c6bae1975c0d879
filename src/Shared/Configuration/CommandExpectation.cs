namespace IuCutter.Configuration;

/// <summary>When a command's end counts as good: its exit code, and texts its output (both streams) must or must not hold.</summary>
public sealed record CommandExpectation
{
    public int Exit { get; init; }

    public IReadOnlyList<string> Contains { get; init; } = [];

    public IReadOnlyList<string> Absent { get; init; } = [];
}
