using System.Diagnostics;
using System.Text;

namespace IuCutter.Commands;

/// <summary>A program of the host's own that is at work, with its three streams. It and all that it starts are gone when this is disposed, or when we die.</summary>
public sealed class HostTool : IAsyncDisposable
{
    private const int MostErrors = 16 * 1024;

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task<string> _errors;

    private HostTool(Process process, TimeProvider time)
    {
        (_process, _time) = (process, time);
        _errors = ReadErrorsAsync(process.StandardError);
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <param name="arguments">The program and its arguments, as they reach execve.</param>
    /// <param name="environment">Everything that the program sees: nothing is inherited.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static async Task<HostTool> StartAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string directory, TimeProvider time)
    {
        List<string> words = [.. OwnGroup.Words(environment.GetValueOrDefault("PATH", "")), .. arguments];
        var info = new ProcessStartInfo(words[0], words.Skip(1))
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        return new HostTool(await SpawnThread.StartAsync(info), time);
    }

    /// <summary>Waits for its end; its output must have been read to the end before.</summary>
    /// <returns>Its exit code, and the head of what it complained.</returns>
    public async Task<(int ExitCode, string Errors)> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return (_process.ExitCode, await _errors.WaitAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await ProcessTree.EndAsync(_process, _time);
        }

        _process.Dispose();
    }

    /// <summary>Reads all, keeps the head: a program that complains much must not stall on a full pipe.</summary>
    private static async Task<string> ReadErrorsAsync(StreamReader errors)
    {
        var kept = new StringBuilder();
        var piece = new char[4096];
        try
        {
            while (await errors.ReadAsync(piece) is var length and > 0)
            {
                kept.Append(piece, 0, Math.Min(length, MostErrors - kept.Length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe was closed because the program was given up.
        }

        return kept.ToString();
    }
}
