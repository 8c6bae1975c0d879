using System.Text;
using IuCutter.Commands;

namespace IuCutter.Agent.Mirroring;

/// <summary>What one run of git left: its exit code, all it wrote, and the head of what it complained.</summary>
internal sealed record GitRun(int ExitCode, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output).TrimEnd('\n');

    /// <summary>The first line that names the trouble, in characters that can be shown.</summary>
    public string Complaint
    {
        get
        {
            var lines = Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var line = lines.FirstOrDefault(l => l.StartsWith("error: ", StringComparison.Ordinal))
                ?? lines.FirstOrDefault(l => l.StartsWith("fatal: ", StringComparison.Ordinal))
                ?? lines.FirstOrDefault()
                ?? $"exit code {ExitCode}";
            return DisplayText.Escape(Encoding.UTF8.GetBytes(line));
        }
    }
}
