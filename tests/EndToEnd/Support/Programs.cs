using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>
/// The two programs, and how to run any program to its end: as ./iucutter has published them for users where IUCUTTER_TEST_PUBLISHED says so, for they start
/// three times as fast; else as the solution built them.
/// </summary>
internal static class Programs
{
    private static readonly string Bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Bin, "..", ".."));

    public static string Packager { get; } = Built("Packager", "iucutter");

    public static string Agent { get; } = Built("Agent", "iucutter-agent");

    private static string Built(string project, string program) => Environment.GetEnvironmentVariable("IUCUTTER_TEST_PUBLISHED") is { Length: > 0 }
        ? Path.Combine(Repository, "artifacts", "run", project, program)
        : Path.Combine(Bin, project, "debug", program);

    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? variables = null)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment.Remove("IUCUTTER_TARGET");
        foreach (var (name, value) in variables ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            info.Environment[name] = value;
        }

        return info;
    }

    public static async Task<Run> RunAsync(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? variables = null)
    {
        using var process = Process.Start(Start(program, arguments, folder, variables)) ?? throw new InvalidOperationException(program);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(limit.Token);
        return new Run(process.ExitCode, await output, await errors);
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static async Task<string> OutputOfAsync(string folder, string program, params string[] arguments)
    {
        var run = await RunAsync(program, arguments, folder);
        return run.ExitCode == 0 ? run.Output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {run}");
    }

    /// <summary>Waits for something to become so; fails when it does not.</summary>
    public static async Task UntilAsync(Func<bool> isSo, string what, int seconds = 30)
    {
        for (var left = seconds * 50; !isSo(); left--)
        {
            Assert.True(left > 0, $"it did not come to this within {seconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>How many processes of this host have a command line that holds a text.</summary>
    public static int CountOf(string text)
    {
        using var search = Process.Start(new ProcessStartInfo("pgrep", ["-fc", text]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return int.Parse(search.StandardOutput.ReadToEnd(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A port of this host that nothing listens on.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
