using System.Text;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Gates;
using Guard = IuCutter.Configuration.Guard;

namespace IuCutter.Agent.Pushing;

/// <summary>Looks whether a guard holds. Links on the way to a path are followed, as its user would.</summary>
/// <param name="isPush">False for a plan, which removes nothing.</param>
public sealed class GuardCheck(TargetHost host, bool isPush)
{
    private const int LongestMarker = 1 << 20;

    public static string Statement(Guard guard) => guard switch
    {
        Guard.Host => "the host is the one that is meant",
        Guard.File f => $"file {f.Path} is there" + (f.Contains is null && f.Sha256 is null ? "" : " and says what it should"),
        Guard.Absent a => $"nothing is at {a.Path}",
        Guard.Directory d => $"directory {d.Path} is there",
        Guard.Free => "enough room is free",
        Guard.Tool t => $"tool {t.Name} is there",
        Guard.User => "the agent runs as the user that is meant",
        _ => throw new InvalidOperationException($"a guard without a check: {guard}"),
    };

    public static string Expected(Guard guard) => guard switch
    {
        Guard.Host h => h.Name,
        Guard.File { Contains: { } text } => $"a file that contains \"{text}\"",
        Guard.File { Sha256: { } digest } => $"sha256 {digest}",
        Guard.Free f => $"{f.Bytes} bytes",
        Guard.Tool t => $"{t.Name} {t.Version}".TrimEnd(),
        Guard.User u => u.Name,
        Guard.Absent => "nothing",
        Guard.File => "a regular file",
        _ => "a directory",
    };

    public async Task<Observation> LookAsync(Guard guard, CancellationToken cancellationToken) => guard switch
    {
        Guard.Host h => Equal(h.Name, Environment.MachineName),
        Guard.File f => LookAtFile(f),
        Guard.Absent a => Observation.Of(KindOf(a.Path) is null, KindOf(a.Path)?.ToString() ?? "nothing"),
        Guard.Directory d => Observation.Of(Directory.Exists(d.Path), KindOf(d.Path)?.ToString() ?? "nothing"),
        Guard.Free f => LookAtRoom(f),
        Guard.Tool t => await LookForToolAsync(t, cancellationToken),
        Guard.User u => Equal(u.Name, Environment.UserName),
        _ => throw new InvalidOperationException($"a guard without a check: {guard}"),
    };

    private static Observation Equal(string expected, string seen) => Observation.Of(expected == seen, seen);

    /// <summary>Spares are the agent's own and give way: what they take counts as free.</summary>
    private Observation LookAtRoom(Guard.Free guard)
    {
        var (isEnough, free, _) = host.Spares.FindRoom(room => room.Bytes >= guard.Bytes, mayRemove: isPush);
        return Observation.Of(isEnough, $"{free} bytes free", ("free bytes", free));
    }

    private static NodeKind? KindOf(string path)
    {
        var parent = Path.GetDirectoryName(path) ?? "/";
        if (!Directory.Exists(parent))
        {
            return null;
        }

        using var directory = DirectoryHandle.Open(Path.GetFullPath(new DirectoryInfo(parent).ResolveLinkTarget(true)?.FullName ?? parent));
        return directory.Status(Encoding.UTF8.GetBytes(Path.GetFileName(path)))?.Kind;
    }

    private static Observation LookAtFile(Guard.File guard)
    {
        if (!File.Exists(guard.Path))
        {
            return Observation.NotHeld(Directory.Exists(guard.Path) ? "a directory" : "nothing");
        }

        var path = File.ResolveLinkTarget(guard.Path, returnFinalTarget: true)?.FullName ?? guard.Path;
        if (KindOf(path) != NodeKind.File)
        {
            return Observation.NotHeld("a device, pipe or socket");
        }

        using var file = DirectoryHandle.OpenFile(path);
        var digest = ContentDigest.Of(file, out var bytes);
        if (guard.Sha256 is { } wanted)
        {
            return Observation.Of(digest == Sha256Digest.Parse(wanted), $"sha256 {digest}", ("bytes", bytes), ("sha256", digest));
        }

        var text = new byte[Math.Min(bytes, LongestMarker)];
        var read = RandomAccess.Read(file, text, 0);
        var holds = guard.Contains is null || Encoding.UTF8.GetString(text, 0, read).Contains(guard.Contains, StringComparison.Ordinal);
        return Observation.Of(holds, holds ? $"a file of {bytes} bytes" : "a file without that text", ("bytes", bytes), ("sha256", digest));
    }

    private async Task<Observation> LookForToolAsync(Guard.Tool guard, CancellationToken cancellationToken)
    {
        if (host.Payload.Find(guard.Name) is not { } path)
        {
            return Observation.CouldNotRun($"{guard.Name} is not on the agent's PATH ({host.Payload.SearchPath}); install it");
        }

        if (guard.Version is not { } wanted)
        {
            return Observation.Held(path);
        }

        var printed = await host.Payload.VersionOfAsync(path, cancellationToken);
        return Observation.Of(
            wanted.Allows(printed), string.IsNullOrWhiteSpace(printed) ? $"{path}, which answers none of --version, version and -version" : printed.Split('\n')[0].Trim(), ("path", path));
    }
}
