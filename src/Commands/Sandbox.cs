using System.Diagnostics;
using IuCutter.Configuration;

namespace IuCutter.Commands;

/// <summary>
/// The strongest fence that this host gives, tried by a canary and not guessed: T3 is bubblewrap, T0 the agent's own uid with a
/// process group of its own. The other tiers are never offered.
/// </summary>
public sealed class Sandbox
{
    /// <summary>
    /// What an agent that runs as root could read, and its payload is not to: a fence takes root's capabilities away, but not its user id.
    /// </summary>
    private static readonly string[] RootsOwn = ["/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/sudoers.d", "/etc/ssl/private"];

    /// <summary>A setting of the kernel: its file is open to root's user id, whatever capabilities are gone.</summary>
    private const string KernelSetting = "/proc/sys/kernel/panic";

    private readonly string? _bubblewrap;
    private readonly IReadOnlyList<string> _hidden;

    private Sandbox(string? bubblewrap, IReadOnlyList<string> hidden, string? why)
    {
        (_bubblewrap, _hidden, WhyNotStronger) = (bubblewrap, hidden, why);
    }

    /// <summary>Why no command gets a network here, and what to do; null where one that asks for it does.</summary>
    public string? WhyNoNetwork { get; init; }

    /// <summary>No fence: for the payload's own tests on the source host, where its author runs them anyway.</summary>
    public static Sandbox None { get; } = new(null, [], "no fence was asked for");

    public SandboxTier Tier => _bubblewrap is null ? SandboxTier.T0 : SandboxTier.T3;

    /// <summary>Why there is no T3, and what to do; null where there is.</summary>
    public string? WhyNotStronger { get; }

    /// <param name="searchPath">Where bubblewrap is looked for.</param>
    /// <param name="hidden">Directories that a fenced command must not see: keys, sockets, state.</param>
    /// <param name="whyNoNetwork">See <see cref="WhyNoNetwork"/>.</param>
    public static async Task<Sandbox> ProbeAsync(string searchPath, IReadOnlyList<string> hidden, string? whyNoNetwork, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || SearchPath.Find("bwrap", searchPath) is not { } bubblewrap)
        {
            return new Sandbox(null, hidden, "bubblewrap is not installed; `apt-get install bubblewrap` gives T3") { WhyNoNetwork = whyNoNetwork };
        }

        var sandbox = new Sandbox(bubblewrap, hidden, null) { WhyNoNetwork = whyNoNetwork };
        var canary = new ProcessStartInfo(bubblewrap) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in sandbox.Fence(null, null, Path.GetTempPath(), network: false).Skip(1))
        {
            canary.ArgumentList.Add(argument);
        }

        // It must be able to run, and not to write where it should not.
        foreach (var argument in (string[])["/bin/sh", "-c", $"! touch /usr/.iucutter-canary 2>/dev/null && ! test -w {KernelSetting}"])
        {
            canary.ArgumentList.Add(argument);
        }

        using var process = await SpawnThread.StartAsync(canary);
        var said = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? sandbox
            : new Sandbox(null, hidden, $"bubblewrap does not work here ({said.Trim()}); user namespaces may be forbidden to this user") { WhyNoNetwork = whyNoNetwork };
    }

    /// <summary>The words to put before a command.</summary>
    /// <param name="info">The file in which bubblewrap says what it has started, out of the command's reach; null for none.</param>
    internal IReadOnlyList<string> Fence(string? writable, string? readable, string scratch, bool network, string? info = null)
    {
        if (_bubblewrap is null)
        {
            return [];
        }

        // The shell opens the file, for .NET hands no descriptors to a child.
        List<string> words = info is null ? [] : ["/bin/sh", "-c", "exec 3>\"$0\"; exec \"$@\" ", info];
        words.AddRange(
        [
            _bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
            "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--remount-ro", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run",
        ]);
        if (info is not null)
        {
            words.AddRange(["--info-fd", "3"]);
        }

        if (network)
        {
            words.Add("--share-net");
            words.AddRange(["--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"]);
        }

        words.AddRange(_hidden.Concat(RootsOwn).SelectMany(Hiding));
        if (!network)
        {
            string[] seen = ["/tmp", "/run", .. _hidden, .. new[] { scratch, writable, readable }.OfType<string>()];
            words.AddRange(HostSockets.Outside(seen).SelectMany(Hiding));
        }

        foreach (var directory in new[] { scratch, writable }.OfType<string>())
        {
            words.AddRange(["--bind", directory, directory]);
        }

        words.AddRange(readable is null ? ["--"] : ["--ro-bind", readable, readable, "--"]);
        return words;
    }

    private static string[] Hiding(string path) => Directory.Exists(path) ? ["--tmpfs", path] : File.Exists(path) ? ["--ro-bind", "/dev/null", path] : [];
}
