using System.Runtime.ExceptionServices;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>Reads a release's tree from the disk and holds it against the manifest, byte for byte.</summary>
public sealed class TreeReader
{
    private const int MostDifferencesNamed = 20;

    /// <summary>Set-user-ID, set-group-ID, and writable by everyone: whoever has these can change what others run.</summary>
    private const uint NoFileHas = 0xC02;

    private const uint NoDirectoryHas = 0x02;

    private readonly DirectoryHandle _tree;
    private readonly bool _readContents;
    private readonly Manifest _manifest;
    private readonly uint _noFileHas;
    private readonly bool[] _seen;
    private readonly List<int> _toRead = [];
    private readonly List<string> _differences = [];
    private int _differenceCount;
    private int _extra;
    private int _linked;
    private string? _firstExtra;
    private long _bytes;

    private TreeReader(DirectoryHandle tree, Manifest manifest, LinkRule link, bool readContents)
    {
        _noFileHas = link == LinkRule.Hard ? NoFileHas | ContentCopy.WriteBits : NoFileHas;
        (_tree, _manifest, _readContents) = (tree, manifest, readContents);
        _seen = new bool[manifest.Entries.Count];
    }

    /// <param name="tree">The release's, open.</param>
    /// <param name="manifest">What must lie there.</param>
    /// <param name="link">Hard: no file may be open to writing.</param>
    /// <param name="readContents">False: kinds, sizes and modes only, for files that were hashed while they were written.</param>
    /// <param name="lookAtExtra">True: what lies there beside the manifest's files is looked through as well.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static TreeComparison Compare(
        DirectoryHandle tree, Manifest manifest, LinkRule link, bool readContents, bool lookAtExtra, CancellationToken cancellationToken)
    {
        var reader = new TreeReader(tree, manifest, link, readContents);
        var left = lookAtExtra ? new LeftBehind(tree) : null;
        reader.Walk(left, cancellationToken);
        reader.ReadContents(cancellationToken);
        for (var entry = Array.IndexOf(reader._seen, false); entry >= 0; entry = Array.IndexOf(reader._seen, false, entry + 1))
        {
            reader.Differ(manifest.Entries[entry].Path, "is missing");
        }

        return new TreeComparison(
            manifest.Entries.Count, reader._bytes, reader._differenceCount, [.. reader._differences], reader._extra, reader._firstExtra)
        {
            Linked = reader._linked,
            Dangers = [.. left?.Dangers ?? []],
        };
    }

    /// <summary>Level by level, the directories of each on all cores: asking for each file's status is most of the work.</summary>
    private void Walk(LeftBehind? left, CancellationToken cancellationToken)
    {
        for (List<string> level = [""]; level.Count > 0;)
        {
            var readings = new DirectoryReading[level.Count];
            var at = level;
            OnAllCores(level.Count, i => readings[i] = DirectoryReading.Take(_tree, _manifest, at[i]), cancellationToken);
            level = [];
            foreach (var reading in readings)
            {
                Hold(reading);
                level.AddRange(reading.Folders);
                reading.Extra.ForEach(e => left?.Look(e.Path, e.Status, cancellationToken));
            }
        }
    }

    private void Hold(DirectoryReading reading)
    {
        Hold(reading.Path.Length == 0 ? "." : reading.Path, reading.Own, NoDirectoryHas);
        foreach (var (number, status, link) in reading.Entries)
        {
            _seen[number] = true;
            Hold(number, status, link);
        }

        foreach (var (path, _) in reading.Extra)
        {
            _extra++;
            _firstExtra ??= TreePath.FromRaw(path).ToString();
        }
    }

    private void Hold(int number, NodeStatus? status, Sha256Digest? link)
    {
        var entry = _manifest.Entries[number];
        _linked += status is { Kind: NodeKind.File, Names: > 1 } ? 1 : 0;
        var kind = status switch
        {
            { Kind: NodeKind.Link } => EntryKind.Link,
            { Kind: NodeKind.File } file => (file.Mode & 0x40) != 0 ? EntryKind.Executable : EntryKind.File,
            _ => (EntryKind?)null,
        };
        if (kind != entry.Kind || status!.Value.Size != entry.Size)
        {
            Differ(entry.Path, $"should be {entry.Kind} of {entry.Size} bytes, is {kind?.ToString() ?? "something else"} of {status?.Size}");
        }
        else if (kind != EntryKind.Link && (status.Value.Mode & _noFileHas) != 0)
        {
            Hold(entry.Path.Raw, status.Value, _noFileHas);
        }
        else if (link is { } text)
        {
            Hold(entry, text);
        }
        else if (_readContents)
        {
            _toRead.Add(number);
        }
    }

    /// <summary>Reads the files that are the right size, on all cores: hashing is most of the work.</summary>
    private void ReadContents(CancellationToken cancellationToken)
    {
        var seen = new Sha256Digest?[_toRead.Count];
        using var files = new TreeFiles(_tree);
        OnAllCores(
            _toRead.Count,
            i =>
            {
                var entry = _manifest.Entries[_toRead[i]];
                using var file = files.OpenRead(entry.Path.ToBytes());
                var digest = ContentDigest.Of(file, out var bytes, entry.Size);
                seen[i] = digest == entry.Content ? null : digest;
                Interlocked.Add(ref _bytes, bytes);
            },
            cancellationToken);

        for (var i = 0; i < seen.Length; i++)
        {
            if (seen[i] is { } other)
            {
                Hold(_manifest.Entries[_toRead[i]], other);
            }
        }
    }

    private static void OnAllCores(int count, Action<int> work, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, work);
        }
        catch (AggregateException e) when (e.InnerExceptions is [var first, ..])
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private void Hold(string path, NodeStatus status, uint forbidden)
    {
        if ((status.Mode & forbidden) != 0)
        {
            Differ(TreePath.FromRaw(path), $"was given the mode {Convert.ToString((int)status.Mode, 8)}");
        }
    }

    private void Hold(ManifestEntry entry, Sha256Digest seen)
    {
        if (seen != entry.Content)
        {
            Differ(entry.Path, $"should have sha256 {entry.Content.Short}…, has {seen.Short}…");
        }
    }

    private void Differ(TreePath path, string how)
    {
        _differenceCount++;
        if (_differences.Count < MostDifferencesNamed)
        {
            _differences.Add($"{path} {how}");
        }
    }
}
