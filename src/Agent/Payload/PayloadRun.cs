using IuCutter.Gates;

namespace IuCutter.Agent.Payload;

/// <summary>One run of a payload's command on the target.</summary>
/// <param name="CouldNotStart">The exact reason; null when it ran.</param>
/// <param name="OutputPath">The kept output.</param>
public sealed record PayloadRun(CommandEvidence Evidence, string HowItEnded, string? CouldNotStart, string OutputPath)
{
    /// <summary>The last line that was printed, for people.</summary>
    public string LastLine => Evidence.Tail.TrimEnd().Split('\n')[^1];
}
