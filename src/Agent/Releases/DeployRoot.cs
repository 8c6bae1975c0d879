using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// The directory on the target under which slots lie. All that is the agent's own in it is in <c>.iucutter/</c>:
/// <code>
/// &lt;root&gt;/&lt;slot&gt;                              symbolic link to the live release's tree
/// &lt;root&gt;/.iucutter/releases/&lt;id&gt;/tree/        the commit's tree, exactly
/// &lt;root&gt;/.iucutter/releases/&lt;id&gt;/manifest     the manifest's canonical bytes
/// &lt;root&gt;/.iucutter/releases/&lt;id&gt;/DEPLOY-MANIFEST.txt, configuration.json
/// &lt;root&gt;/.iucutter/staging/&lt;id&gt;/             a release that is not whole yet
/// &lt;root&gt;/.iucutter/spares/&lt;id&gt;/tree/          a copy of a live release, to make the next one from; &lt;id&gt;.part while it is made
/// &lt;root&gt;/.iucutter/mirror.git/               commits that came as bundles; made when first needed
/// </code>
/// </summary>
public sealed class DeployRoot : IDisposable
{
    public const string OwnDirectory = ".iucutter";

    private const string Part = ".part";

    private readonly DirectoryHandle _releases;
    private readonly DirectoryHandle _staging;
    private readonly DirectoryHandle _spares;
    private readonly IDisposable _lock;

    private DeployRoot(string path, DirectoryHandle root, IDisposable held)
    {
        (Path, Directory, _lock) = (path, root, held);
        _releases = root.OpenDirectory(".iucutter/releases"u8);
        _staging = root.OpenDirectory(".iucutter/staging"u8);
        _spares = root.OpenDirectory(".iucutter/spares"u8);
    }

    public string Path { get; }

    /// <summary>The root itself, open.</summary>
    public DirectoryHandle Directory { get; }

    /// <summary>What operations under way know of the releases here.</summary>
    public KnownManifests Manifests { get; } = new();

    /// <summary>Held by whoever works in a mirror: commits enter one at a time.</summary>
    public SemaphoreSlim MirrorTurn { get; } = new(1);

    /// <summary>Opens the root, and holds it against a second agent until disposed.</summary>
    /// <exception cref="RefusalException">The root is missing, not writable, or another agent's.</exception>
    public static DeployRoot Open(string path)
    {
        DirectoryHandle root;
        try
        {
            root = DirectoryHandle.Open(path);
            root.MakeDirectory(".iucutter"u8, 0x1ED);
            root.MakeDirectory(".iucutter/releases"u8, 0x1ED);
            root.MakeDirectory(".iucutter/staging"u8, 0x1C0);
            root.MakeDirectory(".iucutter/spares"u8, 0x1C0);
        }
        catch (PosixException e)
        {
            throw new RefusalException(
                RefusalCode.TargetFault,
                $"the deploy root {path} cannot be used: {e.Message}",
                $"make it with `install -d -o {Environment.UserName} {path}`, or name another with --root");
        }

        var held = AgentLock.Take(System.IO.Path.Combine(path, OwnDirectory, "lock"), "deploy root " + path);
        return new DeployRoot(path, root, held);
    }

    public string TreePath(ReleaseId release) => System.IO.Path.Combine(Path, OwnDirectory, "releases", release.ToString(), "tree");

    /// <summary>What a person types to have a slot as the ledger says again; it overwrites no directory.</summary>
    public string Repair(string slot, string release)
    {
        var place = System.IO.Path.Combine(Path, slot).Replace("'", @"'\''", StringComparison.Ordinal);
        return $"ln -sfT {LinkPath(release)} '{place}'";
    }

    /// <summary>What the link at a slot says when this release is live; relative, so that the root can be moved as a whole.</summary>
    public static byte[] LinkText(ReleaseId release) => Encoding.ASCII.GetBytes(LinkPath(release.ToString()));

    /// <summary>The release that a link's text names; null when it is none of ours.</summary>
    public static ReleaseId? ReleaseOf(ReadOnlySpan<byte> linkText)
    {
        var parts = Encoding.Latin1.GetString(linkText).Split('/');
        return parts is [OwnDirectory, "releases", var id, "tree"] && ReleaseId.TryParse(id, out var release) ? release : null;
    }

    public SlotLink Slot(string name) => new(Directory, name);

    /// <summary>The ids of all whole releases, in byte order.</summary>
    public IReadOnlyList<ReleaseId> Releases() =>
        [.. _releases.List().Select(n => ReleaseId.TryParse(Encoding.Latin1.GetString(n), out var id) ? id : default).Where(id => id != default)];

    public bool Has(ReleaseId release) => _releases.Status(Name(release)) is { Kind: NodeKind.Directory };

    public DirectoryHandle OpenRelease(ReleaseId release) => _releases.OpenDirectory(Name(release));

    /// <summary>Makes an empty place in which a release is put together; one left over from before is cleared first.</summary>
    public DirectoryHandle BeginStaging(ReleaseId release)
    {
        _staging.RemoveTree(Name(release));
        _staging.MakeDirectory(Name(release), 0x1ED);
        return _staging.OpenDirectory(Name(release));
    }

    /// <summary>Makes a spare, or as much of it as there is, the place in which a release is put together; null where there is none.</summary>
    /// <param name="of">The release that it was copied from.</param>
    public DirectoryHandle? StageSpare(ReleaseId of, ReleaseId release)
    {
        if (Array.Find(SpareNames(of), n => _spares.Status(n) is not null) is not { } spare)
        {
            return null;
        }

        _staging.RemoveTree(Name(release));
        CrashPoint.Reach("C31.before");
        _spares.Rename(spare, _staging, Name(release));
        CrashPoint.Reach("C31.after");
        return _staging.OpenDirectory(Name(release));
    }

    /// <summary>What lies among the spares, by name: a release's id, or that of one whose spare is not whole yet.</summary>
    public IReadOnlyList<string> SpareNames() => [.. _spares.List().Select(Encoding.Latin1.GetString)];

    /// <summary>True when a spare of the release was made whole. Whoever uses it reads it all the same.</summary>
    public bool HasSpare(ReleaseId of) => _spares.Status(Name(of)) is not null;

    /// <summary>True where there is at least a part of one.</summary>
    public bool HasAnySpare(ReleaseId of) => Array.Exists(SpareNames(of), n => _spares.Status(n) is not null);

    /// <summary>The place in which a spare is made, with what an earlier making has left there.</summary>
    public DirectoryHandle OpenSpare(ReleaseId of)
    {
        _spares.MakeDirectory(PartName(of), 0x1ED);
        return _spares.OpenDirectory(PartName(of));
    }

    public void FinishSpare(ReleaseId of)
    {
        CrashPoint.Reach("C33.before");
        _spares.Rename(PartName(of), Name(of));
        CrashPoint.Reach("C33.after");
    }

    /// <summary>Gives a spare a name by which no push finds it.</summary>
    /// <param name="name">As in <see cref="SpareNames()"/>.</param>
    public string SetSpareAside(string name)
    {
        var aside = $"removed-{Guid.NewGuid():N}";
        _spares.Rename(Encoding.Latin1.GetBytes(name), Encoding.ASCII.GetBytes(aside));
        return aside;
    }

    /// <param name="name">As in <see cref="SpareNames()"/>.</param>
    public void DropSpare(string name) => _spares.RemoveTree(Encoding.Latin1.GetBytes(name));

    /// <summary>Whether something of this name is of use while these releases are live.</summary>
    public static bool IsSpareOf(string name, IReadOnlySet<ReleaseId> live) =>
        ReleaseId.TryParse(name.EndsWith(Part, StringComparison.Ordinal) ? name[..^Part.Length] : name, out var release) && live.Contains(release);

    /// <summary>Makes a staged release, complete and flushed, a release by one rename, and makes that survive a power cut.</summary>
    public void Publish(ReleaseId release)
    {
        CrashPoint.Reach("C10.before");
        _staging.Rename(Name(release), _releases, Name(release));
        CrashPoint.Reach("C10.after");
        CrashPoint.Reach("C11.before");
        _releases.Flush();
        _staging.Flush();
        CrashPoint.Reach("C11.after");
    }

    public void DropStaging(ReleaseId release) => _staging.RemoveTree(Name(release));

    /// <summary>The releases that are being put together, or were when the agent was stopped.</summary>
    public IReadOnlyList<string> StagingNames() => [.. _staging.List().Select(Encoding.Latin1.GetString)];

    public void DropStaging(string name) => _staging.RemoveTree(Encoding.Latin1.GetBytes(name));

    /// <summary>Takes a release away: by one rename first, so that no half of it can be taken for a release.</summary>
    public void Remove(ReleaseId release)
    {
        if (!Has(release))
        {
            return;
        }

        var trash = Encoding.ASCII.GetBytes($"removed-{Guid.NewGuid():N}");
        CrashPoint.Reach("C24.before");
        _releases.Rename(Name(release), _staging, trash);
        _releases.Flush();
        CrashPoint.Reach("C24.after");
        _staging.RemoveTree(trash);
    }

    public void Dispose()
    {
        MirrorTurn.Dispose();
        _spares.Dispose();
        _staging.Dispose();
        _releases.Dispose();
        Directory.Dispose();
        _lock.Dispose();
    }

    private static string LinkPath(string release) => $"{OwnDirectory}/releases/{release}/tree";

    private static byte[][] SpareNames(ReleaseId of) => [Name(of), PartName(of)];

    private static byte[] PartName(ReleaseId of) => Encoding.ASCII.GetBytes(of + Part);

    private static byte[] Name(ReleaseId release) => Encoding.ASCII.GetBytes(release.ToString());
}
