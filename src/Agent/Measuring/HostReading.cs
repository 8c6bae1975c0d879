using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using IuCutter.Commands;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Measuring;

/// <summary>
/// What runs on the host beside the release: listening TCP ports (proc(5), net/tcp), crontabs, running systemd services with their start times, containers.
/// What this host does not have, or does not show to the agent's user, is left out: two readings are compared where both have it.
/// </summary>
public static class HostReading
{
    private const string Listening = "0A";

    /// <summary>There when systemd is the init, sd_booted(3); else systemctl has nothing to say.</summary>
    private const string BootedWithSystemd = "/run/systemd/system";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly string[] PortTables = ["/proc/net/tcp", "/proc/net/tcp6"];
    private static readonly string[] Crontabs = ["/etc/crontab", "/etc/cron.d", "/var/spool/cron"];

    public static async Task<LedgerEvent.HostSeen> TakeAsync(string searchPath, CancellationToken cancellationToken)
    {
        var services = Directory.Exists(BootedWithSystemd)
            ? AnswerAsync(searchPath, ["systemctl", "show", "*.service", "--state=running", "--property=Id,ActiveEnterTimestampMonotonic,MainPID"], cancellationToken)
            : Task.FromResult<string?>(null);
        var containers = RunningContainers.ListAsync(cancellationToken);
        var ports = Task.Run(Ports, cancellationToken);
        var crontabs = Task.Run(DigestOfCrontabs, cancellationToken);
        (string Name, string? Value)[] seen =
        [
            ("listening ports", await ports),
            ("crontabs", await crontabs),
            ("services", Digest(await services)),
            ("containers", Digest(await containers)),
        ];
        return new LedgerEvent.HostSeen(seen.Where(s => s.Value is not null).ToImmutableSortedDictionary(s => s.Name, s => s.Value!, StringComparer.Ordinal));
    }

    private static string? Ports()
    {
        try
        {
            var lines = PortTables.Where(File.Exists).SelectMany(File.ReadLines);
            var ports = lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(f => f is [_, _, _, Listening, ..])
                .Select(f => PlaceOf(f[1]))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .ToList();
            return ports.Count == 0 ? "none" : string.Join(' ', ports);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>From the kernel's hex, address words in host order, to the usual form.</summary>
    private static string PlaceOf(string hex)
    {
        var (address, port) = (Convert.FromHexString(hex[..hex.IndexOf(':', StringComparison.Ordinal)]), hex[(hex.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        for (var word = 0; word < address.Length; word += 4)
        {
            Array.Reverse(address, word, 4);
        }

        return new IPEndPoint(new IPAddress(address), int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString();
    }

    private static string? DigestOfCrontabs()
    {
        try
        {
            var files = Crontabs.SelectMany(p => Directory.Exists(p) ? Directory.EnumerateFiles(p, "*", SearchOption.AllDirectories) : File.Exists(p) ? [p] : []).Order(StringComparer.Ordinal).ToList();
            using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var file in files)
            {
                all.AppendData(System.Text.Encoding.UTF8.GetBytes(file + "\0"));
                all.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
            }

            return files.Count == 0 ? "none" : $"{files.Count} files, sha256 {Convert.ToHexStringLower(all.GetHashAndReset())}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Digest(string? answer) => answer is null
        ? null
        : $"{answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length} lines, sha256 {Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(answer)))}";

    /// <summary>What a program of the host prints; null when it is not there, fails or takes too long.</summary>
    private static async Task<string?> AnswerAsync(string searchPath, string[] command, CancellationToken cancellationToken)
    {
        if (SearchPath.Find(command[0], searchPath) is not { } program)
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(new ProcessStartInfo(program, command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            _ = await errors;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? output : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            return null;
        }
    }
}
