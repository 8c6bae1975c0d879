using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>
/// Runs git in one folder so that nothing but the repository decides the answer: no replace refs, no grafts, no hooks, no fetching on demand,
/// no prompts, messages in English, and none of the caller's GIT_ variables except those that say where git and its configuration are.
/// </summary>
internal sealed class GitProgram(string program, string folder)
{
    private const int ComplaintLimit = 64 * 1024;

    private static readonly string[] Kept = ["GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"];

    // bigFileThreshold: git streams a blob above it instead of holding it whole.
    // protocol.allow: a git without GIT_NO_LAZY_FETCH (before 2.45) would else fetch what a partial clone lacks.
    private static readonly string[] Always =
    [
        "--no-replace-objects", "-c", "core.bigFileThreshold=16m", "-c", "protocol.allow=never", "-c", "core.fsmonitor=false",
        "-c", "core.hooksPath=/dev/null", "-c", "core.attributesFile=/dev/null", "-c", "core.warnAmbiguousRefs=true",
        "-c", "advice.graftFileDeprecated=false",
    ];

    public string Folder => folder;

    /// <exception cref="SourceException">git cannot be started.</exception>
    public Process Start(params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(program, [.. Always, "-C", folder, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        Clean(info.Environment);
        try
        {
            return Process.Start(info) ?? throw new InvalidOperationException("No process was started.");
        }
        catch (Win32Exception cause)
        {
            throw new SourceException(
                SourceCodes.GitMissing, $"The program '{program}' cannot be started ({cause.Message.TrimEnd('.')}).", "Install git 2.25 or later and see that it is on the PATH.", cause);
        }
    }

    public async Task<GitAnswer> RunAsync(CancellationToken cancellation, params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        try
        {
            process.StandardInput.Close();
            using var output = new MemoryStream();
            var complaints = ReadComplaintsAsync(process, cancellation);
            await process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
            var errors = await complaints;
            await process.WaitForExitAsync(cancellation);
            return new GitAnswer(process.ExitCode, output.ToArray(), errors);
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>Reads all, keeps the head: a git that complains much must not stall on a full pipe.</summary>
    public static async Task<string> ReadComplaintsAsync(Process process, CancellationToken cancellation)
    {
        var kept = new StringBuilder();
        var piece = new char[4096];
        while (await process.StandardError.ReadAsync(piece, cancellation) is var length and > 0)
        {
            kept.Append(piece, 0, Math.Min(length, ComplaintLimit - kept.Length));
        }

        return kept.ToString();
    }

    public static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static void Clean(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(IsForeign).ToArray())
        {
            environment.Remove(name);
        }

        environment["GIT_OPTIONAL_LOCKS"] = "0";
        environment["GIT_NO_LAZY_FETCH"] = "1";
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        environment["GIT_GRAFT_FILE"] = "/dev/null";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_ATTR_NOSYSTEM"] = "1";
        environment["LC_ALL"] = "C";

        // In 4 KiB pages its room for a large index comes by thousands of page faults, a quarter of what it takes on some virtual machines (glibc 2.35 and later).
        environment.TryAdd("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    }

    private static bool IsForeign(string name) =>
        (name.StartsWith("GIT_", StringComparison.Ordinal) && !Kept.Contains(name, StringComparer.Ordinal))
        || name is "LANG" or "LANGUAGE"
        || name.StartsWith("LC_", StringComparison.Ordinal);
}
