using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Manifests;

namespace IuCutter.Agent.Mirroring;

/// <summary>
/// The bare git repository in which commits that came as bundles are kept, as <c>refs/iucutter/&lt;commit&gt;</c>, so that the next bundle can
/// build on them. It is never written in place by what arrives: a pack is made and checked in a quarantine beside it, and enters by renames. It
/// holds nothing that a release needs: one that is damaged is thrown away, and made anew at the next need.
/// </summary>
/// <remarks>Whoever calls holds <see cref="DeployRoot.MirrorTurn"/>.</remarks>
internal sealed class CommitMirror
{
    private const uint OwnerOnly = 0x1C0;

    /// <summary>Each push adds a pack; git looks for an object in all of them.</summary>
    private const int MostPacks = 20;

    // What git of long ago has written and every clone carries along: it says nothing of a content.
    private const string Tolerated = "zeroPaddedFilemode=ignore,badTimezone=ignore,missingSpaceBeforeDate=ignore,missingSpaceBeforeEmail=ignore";

    private readonly TargetHost _host;
    private readonly string _name;
    private readonly int _idLength;

    /// <param name="idLength">The hex digits of the commits' ids: SHA-1 and SHA-256 repositories do not mix.</param>
    public CommitMirror(TargetHost host, int idLength)
    {
        (_host, _idLength) = (host, idLength);
        _name = $"{DeployRoot.OwnDirectory}/{(idLength == 64 ? "mirror-sha256.git" : "mirror.git")}";
        Git = new MirrorGit(host, Path.Combine(host.Root.Path, _name));
    }

    public MirrorGit Git { get; }

    private DirectoryHandle Root => _host.Root.Directory;

    public async Task<bool> IsThereAsync(CancellationToken cancellationToken) =>
        Root.Status(Bytes(_name)) is { Kind: NodeKind.Directory }
        && await Git.RunAsync(null, cancellationToken, "rev-parse", "--is-bare-repository") is { ExitCode: 0, Text: "true" };

    /// <summary>Makes it where it is not there, or not usable any more; it appears whole.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (await IsThereAsync(cancellationToken))
        {
            return;
        }

        var staged = $"{DeployRoot.OwnDirectory}/staging/mirror-{Guid.NewGuid():N}";
        Root.MakeDirectory(Bytes(staged), OwnerOnly);
        try
        {
            string[] format = _idLength == 64 ? ["--object-format=sha256"] : [];
            var made = await new MirrorGit(_host, Path.Combine(_host.Root.Path, staged)).RunAsync(null, cancellationToken, ["init", "-q", "--bare", "--template=", .. format]);
            if (made.ExitCode != 0)
            {
                throw new RefusalException(
                    RefusalCode.TargetFault, $"the mirror cannot be made: {made.Complaint}", "see to git on the target, or push with `format: tar`");
            }

            Root.MakeDirectory(Bytes($"{staged}/refs/iucutter"), OwnerOnly);
            _host.Spares.FlushFileSystem();
            Root.RemoveTree(Bytes(_name));
            CrashPoint.Reach("C27.before");
            Root.Rename(Bytes(staged), Bytes(_name));
            CrashPoint.Reach("C27.after");
        }
        finally
        {
            Root.RemoveTree(Bytes(staged));
        }
    }

    /// <summary>The commits that it holds of releases, in the releases' order.</summary>
    public async Task<IReadOnlyList<string>> CommitsAsync(IEnumerable<ReleaseId> releases, CancellationToken cancellationToken)
    {
        var kept = await KeptAsync(cancellationToken);
        return [.. releases.SelectMany(r => kept.Where(c => c.StartsWith(r.Commit, StringComparison.Ordinal))).Distinct(StringComparer.Ordinal)];
    }

    public Task<bool> HoldsAsync(string commit, CancellationToken cancellationToken) => HoldsAsync(Git, commit, cancellationToken);

    /// <summary>Takes a bundle's pack in, after git has checked every object in it and that nothing which they name is missing.</summary>
    /// <param name="file">The bundle's file below the root.</param>
    /// <param name="quarantine">An empty place below the root.</param>
    /// <exception cref="RefusalException">BundleRefused or MirrorChanged; the mirror is as it was, or was found damaged and thrown away.</exception>
    public async Task TakeInAsync(string file, BundleHeader header, string commit, string quarantine, CancellationToken cancellationToken)
    {
        if (!header.Commits.SequenceEqual([commit], StringComparer.Ordinal))
        {
            throw Refused($"it holds {string.Join(", ", header.Commits.Select(c => c[..12]))}, the push is of {commit[..12]}");
        }

        foreach (var before in header.Prerequisites)
        {
            if (!await HoldsAsync(before, cancellationToken))
            {
                throw new RefusalException(
                    RefusalCode.MirrorChanged, $"the bundle builds on commit {before[..12]}, which the mirror on the target does not hold", "push again: the next bundle builds on what it does hold");
            }
        }

        Root.RemoveTree(Bytes(quarantine));
        Root.MakeDirectory(Bytes(quarantine), OwnerOnly);
        Root.MakeDirectory(Bytes($"{quarantine}/pack"), OwnerOnly);
        await UnpackAsync(file, header, commit, quarantine, cancellationToken);
        foreach (var end in (string[])[".pack", ".rev", ".idx"])
        {
            Enter(quarantine, end);
        }

        using var packs = Root.OpenDirectory(Bytes($"{_name}/objects/pack"));
        packs.Flush();
    }

    /// <summary>Makes sure that a commit which it holds is still there tomorrow.</summary>
    public void Keep(string commit)
    {
        using var refs = Root.OpenDirectory(Bytes($"{_name}/refs/iucutter"));
        if (refs.Status(Bytes(commit)) is not null)
        {
            return;
        }

        var temporary = Bytes($"{commit}.new");
        refs.Remove(temporary);
        using (var file = refs.CreateFile(temporary, 0x180))
        {
            RandomAccess.Write(file, Bytes(commit + "\n"), 0);
            DirectoryHandle.Flush(file);
        }

        CrashPoint.Reach("C29.before");
        refs.Rename(temporary, Bytes(commit));
        CrashPoint.Reach("C29.after");
        refs.Flush();
    }

    public void Drop() => Root.RemoveTree(Bytes(_name));

    /// <summary>Forgets the commits of releases that are not on the target any more, and has git pack the rest anew now and then.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(cancellationToken))
        {
            return;
        }

        var commits = _host.Root.Releases().Select(r => r.Commit).ToHashSet(StringComparer.Ordinal);
        using var refs = Root.OpenDirectory(Bytes($"{_name}/refs/iucutter"));
        foreach (var name in refs.List().Where(n => n.Length < 12 || !commits.Contains(Encoding.Latin1.GetString(n, 0, 12))))
        {
            CrashPoint.Reach("C30.before");
            refs.Remove(name);
            CrashPoint.Reach("C30.after");
        }

        using var packs = Root.OpenDirectory(Bytes($"{_name}/objects/pack"));
        if (packs.List().Count(n => n.AsSpan().EndsWith(".pack"u8)) > MostPacks
            && await Git.RunAsync(null, cancellationToken, "gc", "-q", "--force", "--prune=now") is { ExitCode: not 0 })
        {
            Drop();
        }
    }

    /// <summary>Reads all of it. What git cannot read is worth nothing: then it is thrown away.</summary>
    public async Task<bool> DropIfDamagedAsync(CancellationToken cancellationToken)
    {
        var isSound = await IsThereAsync(cancellationToken) && await Git.RunAsync(null, cancellationToken, "fsck", "--no-dangling", "--no-progress") is { ExitCode: 0 };
        if (!isSound)
        {
            Drop();
        }

        return !isSound;
    }

    private async Task UnpackAsync(string file, BundleHeader header, string commit, string quarantine, CancellationToken cancellationToken)
    {
        var git = new MirrorGit(_host, Path.Combine(_host.Root.Path, _name)) { Quarantine = Path.Combine(_host.Root.Path, quarantine) };
        await using var bundle = new FileStream(Root.OpenRead(Bytes(file)), FileAccess.Read);
        bundle.Position = header.Length;
        var unpacked = await git.RunAsync(bundle, cancellationToken, "index-pack", "--stdin", "--fix-thin", "--strict=" + Tolerated);
        if (unpacked.ExitCode == 0 && await HoldsAsync(git, commit, cancellationToken))
        {
            return;
        }

        if (await DropIfDamagedAsync(cancellationToken))
        {
            throw new RefusalException(
                RefusalCode.MirrorChanged, "the mirror on the target was found damaged and thrown away", "push again: the next bundle is a full one");
        }

        throw Refused(unpacked.ExitCode == 0 ? $"commit {commit[..12]} is not in it" : $"git cannot take it in: {unpacked.Complaint}");
    }

    private void Enter(string quarantine, string end)
    {
        using var from = Root.OpenDirectory(Bytes($"{quarantine}/pack"));
        using var into = Root.OpenDirectory(Bytes($"{_name}/objects/pack"));
        foreach (var name in from.List().Where(n => n.AsSpan().EndsWith(Bytes(end))))
        {
            if (into.Status(name) is null)
            {
                CrashPoint.Reach("C28.before");
                from.Rename(name, into, name);
                CrashPoint.Reach("C28.after");
            }
        }
    }

    /// <summary>The commits that refs name and that are there; a ref that was not written to its end is forgotten.</summary>
    private async Task<IReadOnlyList<string>> KeptAsync(CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(cancellationToken) || Root.Status(Bytes($"{_name}/refs/iucutter")) is null)
        {
            return [];
        }

        using var refs = Root.OpenDirectory(Bytes($"{_name}/refs/iucutter"));
        foreach (var name in refs.List().Where(n => n.Length != _idLength || refs.Status(n) is not { } status || status.Size != _idLength + 1))
        {
            refs.RemoveTree(name);
        }

        var names = string.Concat(refs.List().Select(n => Encoding.Latin1.GetString(n) + "\n"));
        using var input = new MemoryStream(Bytes(names));
        var known = await Git.RunAsync(input, cancellationToken, "cat-file", "--batch-check=%(objecttype) %(objectname)");
        return [.. known.Text.Split('\n').Where(l => l.StartsWith("commit ", StringComparison.Ordinal)).Select(l => l["commit ".Length..])];
    }

    private static async Task<bool> HoldsAsync(MirrorGit git, string commit, CancellationToken cancellationToken) =>
        await git.RunAsync(null, cancellationToken, "cat-file", "-t", commit) is { ExitCode: 0, Text: "commit" };

    private static RefusalException Refused(string why) => new(RefusalCode.BundleRefused, $"the bundle is refused: {why}", "run `git fsck` in the repository that is pushed, or push with `format: tar`");

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
