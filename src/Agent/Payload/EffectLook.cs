using IuCutter.Agent.Measuring;
using IuCutter.Configuration;
using IuCutter.Gates;

namespace IuCutter.Agent.Payload;

/// <summary>Looks at what a run says that it changes, or leaves alone.</summary>
internal sealed class EffectLook(PayloadRunner runner, string tree, TimeProvider time)
{
    /// <summary>Longer than the second that clocks print: a time of day would else look as if it stood still.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1100);

    /// <summary>Before a run: two looks with nothing run between. What a live run is to change must stand still by itself for a while.</summary>
    public async Task<((string? Seen, string? WhyNot) First, (string? Seen, string? WhyNot) Second)> TwiceAsync(CheckCommand command, CancellationToken cancellationToken)
    {
        var first = await AtAsync(command, cancellationToken);
        if (command.Mode == RunMode.Live)
        {
            await Task.Delay(Between, time, cancellationToken);
        }

        return (first, command.Mode is null ? first : await AtAsync(command, cancellationToken));
    }

    /// <returns>What is there now, as a digest; or why nothing can be said of it.</returns>
    public async Task<(string? Seen, string? WhyNot)> AtAsync(CheckCommand command, CancellationToken cancellationToken)
    {
        if (command.Effect is not { } probe)
        {
            return (null, null);
        }

        if (probe.Path is { } path)
        {
            try
            {
                return (TreeDigest.Of(Path.Combine(tree, path), cancellationToken)?.Digest.ToString() ?? EffectJudgement.Absent, null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return (null, e.Message);
            }
        }

        var run = await runner.RunAsync(command with { Run = probe.Run!, Expect = new() }, tree, onLine: null, cancellationToken);
        return run.Evidence.ExitCode == 0 && !run.Evidence.OutputTruncated && run.Evidence.OutputBytes > 0
            ? (run.Evidence.OutputSha256, null)
            : (null, $"{run.HowItEnded}, printed {run.Evidence.OutputBytes} bytes");
    }
}
