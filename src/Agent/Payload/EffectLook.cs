using IuCutter.Agent.Measuring;
using IuCutter.Configuration;

namespace IuCutter.Agent.Payload;

/// <summary>Looks at what a run says that it changes, or leaves alone.</summary>
internal sealed class EffectLook(PayloadRunner runner, string tree)
{
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
                return (TreeDigest.Of(Path.Combine(tree, path), cancellationToken)?.Digest.ToString() ?? TargetReading.Absent, null);
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
