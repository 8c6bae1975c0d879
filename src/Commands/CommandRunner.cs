using System.ComponentModel;
using System.Diagnostics;
using IuCutter.Configuration;

namespace IuCutter.Commands;

/// <summary>
/// Runs a payload's command in a process group of its own, in the strongest fence that the host gives, and ends the whole group when it
/// is over, however it is over.
/// </summary>
public sealed class CommandRunner(Sandbox sandbox, TimeProvider time)
{
    private const int BufferBytes = 64 * 1024;
    private static readonly TimeSpan MemoryWatch = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    public SandboxTier Tier => sandbox.Tier;

    /// <param name="onLine">Gets each line as it comes, secrets masked, long ones cut.</param>
    /// <param name="outputPath">The file that keeps the output.</param>
    /// <exception cref="OperationCanceledException">The caller gave up; the command and its children are gone.</exception>
    public async Task<CommandResult> RunAsync(CommandSpec spec, Action<string>? onLine, string outputPath, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var started = time.GetUtcNow();
        var clock = Stopwatch.GetTimestamp();
        var secrets = spec.SecretNames.Select(n => spec.Environment.GetValueOrDefault(n, ""));
        using var spool = new OutputSpool(outputPath, spec.OutputLimit, secrets, onLine);
        var result = new CommandResult
        {
            Spec = spec,
            Started = started,
            Duration = TimeSpan.Zero,
            Tier = sandbox.Tier,
            CouldNotStart = WhyNot(spec),
            Output = new KeptOutput(outputPath, default, 0, false, ""),
        };
        if (result.CouldNotStart is null)
        {
            result = await RunAsync(result, spool, outputPath + ".started", cancellationToken);
        }

        return result with { Duration = Stopwatch.GetElapsedTime(clock), Output = spool.Finish() };
    }

    private async Task<CommandResult> RunAsync(CommandResult result, OutputSpool spool, string info, CancellationToken cancellationToken)
    {
        Process process;
        try
        {
            process = await SpawnThread.StartAsync(StartInfo(result.Spec, info));
        }
        catch (Win32Exception e)
        {
            return result with { CouldNotStart = $"`{result.Spec.Arguments[0]}` could not be started: {e.Message}" };
        }

        using (process)
        {
            process.StandardInput.Close();
            var draining = Task.WhenAll(DrainAsync(process.StandardOutput.BaseStream, spool), DrainAsync(process.StandardError.BaseStream, spool));
            try
            {
                result = await WaitAsync(process, result, cancellationToken);
            }
            finally
            {
                await ProcessTree.EndAsync(process, time);
                await FencedProcesses.EndAsync(info, time);
                if (Tier == SandboxTier.T0)
                {
                    _ = LeftOverCommands.End(result.Spec.ScratchDirectory);
                }

                // A child that left the group may hold the pipe open for ever.
                if (await Task.WhenAny(draining, Task.Delay(DrainLimit, time, CancellationToken.None)) == draining)
                {
                    await draining;
                }
            }

            return process.HasExited && !result.TimedOut && !result.MemoryExceeded ? WithExit(result, process.ExitCode) : result;
        }
    }

    /// <summary>.NET reports an end by a signal as 128 and the signal's number, as shells do.</summary>
    private static CommandResult WithExit(CommandResult result, int code) => code is > 128 and < 128 + 65
        ? result with { Signal = code - 128 }
        : result with { ExitCode = code };

    private async Task<CommandResult> WaitAsync(Process process, CommandResult result, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(result.Spec.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var exit = process.WaitForExitAsync(either.Token);
        try
        {
            while (result.Spec.MemoryLimit is { } most && await Task.WhenAny(exit, Task.Delay(MemoryWatch, time, either.Token)) != exit)
            {
                if (ProcessTree.ResidentBytes(process.Id) > most)
                {
                    return result with { MemoryExceeded = true };
                }
            }

            await exit;
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return result with { TimedOut = true };
        }
    }

    private static async Task DrainAsync(Stream output, OutputSpool spool)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = await output.ReadAsync(buffer)) > 0;)
            {
                lock (spool)
                {
                    spool.Write(buffer.AsSpan(0, read));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe was closed under us because its last holder was given up.
        }
    }

    private string? WhyNot(CommandSpec spec)
    {
        var program = spec.Arguments[0];
        if (spec.LeastTier > sandbox.Tier)
        {
            return $"the check asks for sandbox tier {spec.LeastTier}, this host gives {sandbox.Tier}: {sandbox.WhyNotStronger}";
        }

        if (spec.Network && sandbox.WhyNoNetwork is { } why)
        {
            return $"the check asks for a network: {why}";
        }

        if (!Directory.Exists(spec.WorkingDirectory))
        {
            return $"the directory {spec.WorkingDirectory} is not there";
        }

        if (program.Contains('/', StringComparison.Ordinal))
        {
            var file = Path.Combine(spec.WorkingDirectory, program);
            return !File.Exists(file) ? $"{file} is not there" : !SearchPath.IsExecutable(file) ? $"{file} is not executable" : null;
        }

        var path = spec.Environment.GetValueOrDefault("PATH", "");
        return SearchPath.Find(program, path) is null ? $"{program} is not on the PATH ({path})" : null;
    }

    private ProcessStartInfo StartInfo(CommandSpec spec, string started)
    {
        var info = new ProcessStartInfo
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,

            // Else a fence that outlives us would hold our own stream open, and whoever waits for its end.
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // The shell does one thing: it joins the two streams, so that they are kept in the order in which they were written.
        List<string> words = [.. OwnGroup.Words(spec.Environment.GetValueOrDefault("PATH", "")),
            .. sandbox.Fence(spec.WritableDirectory, spec.ReadableDirectory, spec.ScratchDirectory, spec.Network, started),
            "/bin/sh", "-c", "exec \"$@\" 2>&1", "sh", .. spec.Arguments];
        info.FileName = words[0];
        foreach (var word in words.Skip(1))
        {
            info.ArgumentList.Add(word);
        }

        info.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }
}
