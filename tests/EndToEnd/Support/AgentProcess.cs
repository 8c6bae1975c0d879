using System.Diagnostics;
using System.Text;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A real agent, started, stopped and killed as an operator or a power cut would.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    /// <summary>A descriptor that the agent is started with.</summary>
    public const int OfStarter = 9;

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private bool _isDisposed;

    private AgentProcess(Process process) => _process = process;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public int Id => _process.Id;

    public static async Task<AgentProcess> StartAsync(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var agent = Begin(folder, arguments, variables);
        await Programs.UntilAsync(
            () => agent._process.HasExited || agent.Log.Contains("serves", StringComparison.Ordinal), "the agent serves");
        Assert.False(agent._process.HasExited, agent.Log);
        return agent;
    }

    /// <summary>Starts an agent that is expected to refuse.</summary>
    public static async Task<(int ExitCode, string Log)> StartInVainAsync(string folder, IEnumerable<string> arguments)
    {
        await using var agent = Begin(folder, arguments, null);
        await Programs.UntilAsync(() => agent._process.HasExited, "the agent refuses to start");
        await agent._process.WaitForExitAsync();
        return (agent._process.ExitCode, agent.Log);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <summary>As `systemctl stop` would.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static AgentProcess Begin(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables)
    {
        // Whoever starts it has something of their own open, as a shell or a supervisor may.
        string[] words = ["-c", $"exec {OfStarter}>>\"$0\"; exec \"$@\"", Path.Combine(folder, "of-the-starter"), Programs.Agent, "serve", .. arguments];
        var process = new Process { StartInfo = Programs.Start("/bin/sh", words, folder, variables) };
        var agent = new AgentProcess(process);
        process.OutputDataReceived += (_, e) => agent.Append(e.Data);
        process.ErrorDataReceived += (_, e) => agent.Append(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return agent;
    }

    private void Append(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
