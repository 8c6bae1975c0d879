using System.Collections.Concurrent;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Releases;

/// <summary>Reads a release's tree from the disk and holds it against the manifest, byte for byte.</summary>
public sealed class TreeReader
{
    private const int MostDifferencesNamed = 20;

    /// <summary>Set-user-ID, set-group-ID, and writable by everyone: whoever has these can change what others run.</summary>
    private const uint NoFileHas = 0xC02;

    private const uint NoDirectoryHas = 0x02;

    private readonly DirectoryHandle _tree;
    private readonly Manifest _manifest;
    private readonly TreeMarks? _marks;
    private readonly bool _marksSeen;
    private readonly bool _heldJustNow;
    private readonly uint _noFileHas;
    private readonly bool[] _seen;
    private readonly List<int> _toRead = [];
    private readonly List<string> _differences = [];
    private int _differenceCount;
    private int _extra;
    private int _linked;
    private int _untouched;
    private int _justHeld;
    private string? _firstExtra;
    private long _bytes;

    private TreeReader(DirectoryHandle tree, Manifest manifest, LinkRule link, TreeMarks? marks, bool heldJustNow)
    {
        _heldJustNow = heldJustNow;
        _noFileHas = link == LinkRule.Hard ? NoFileHas | ContentCopy.WriteBits : NoFileHas;
        (_tree, _manifest, _marks, _marksSeen) = (tree, manifest, marks, marks is { IsEmpty: false });
        _seen = new bool[manifest.Entries.Count];
    }

    /// <param name="tree">The release's, open.</param>
    /// <param name="manifest">What must lie there.</param>
    /// <param name="link">Hard: no file may be open to writing.</param>
    /// <param name="lookAtExtra">True: what lies there beside the manifest's files is looked through as well.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="marks">Is told of each file that was read and is right; a file that it has seen as it is now is not read again.</param>
    /// <param name="heldJustNow">True: this very operation has read what the marks have seen or found it untouched, and looks at it again before it counts. Until then that it is there is enough.</param>
    public static TreeComparison Compare(
        DirectoryHandle tree,
        Manifest manifest,
        LinkRule link,
        bool lookAtExtra,
        CancellationToken cancellationToken,
        TreeMarks? marks = null,
        bool heldJustNow = false)
    {
        var reader = new TreeReader(tree, manifest, link, marks, heldJustNow);
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
            Untouched = reader._untouched,
            JustHeld = reader._justHeld,
            Dangers = [.. left?.Dangers ?? []],
        };
    }

    private void Walk(LeftBehind? left, CancellationToken cancellationToken)
    {
        foreach (var held in TreeWalk.Directories(_tree, _manifest, askAll: _marksSeen && !_heldJustNow, Hold, cancellationToken))
        {
            _toRead.AddRange(held.ToRead);
            (_untouched, _justHeld, _linked, _extra) = (_untouched + held.Untouched, _justHeld + held.JustHeld, _linked + held.Linked, _extra + held.Extra.Count);
            held.Differences.ForEach(d => Differ(d.Path, d.How));
            foreach (var (path, status) in held.Extra)
            {
                _firstExtra ??= TreePath.FromRaw(path).ToString();
                left?.Look(path, status, cancellationToken);
            }
        }
    }

    private HeldDirectory Hold(DirectoryReading reading)
    {
        var held = new HeldDirectory { Extra = [.. reading.Extra] };
        if (ModeDifference(reading.Own, NoDirectoryHas) is { } how)
        {
            held.Differences.Add((TreePath.FromRaw(reading.Path.Length == 0 ? "." : reading.Path), how));
        }

        foreach (var (number, status, link) in reading.Entries)
        {
            _seen[number] = true;
            Hold(held, number, status, link);
        }

        foreach (var number in reading.ToRead)
        {
            _seen[number] = true;
            if (_heldJustNow && _marks!.Has(number))
            {
                held.JustHeld++;
            }
            else
            {
                held.ToRead.Add(number);
            }
        }

        return held;
    }

    private void Hold(HeldDirectory held, int number, NodeStatus? status, Sha256Digest? link)
    {
        // A path is text that has to be made: only of what differs is it asked.
        var content = _manifest.DistinctContents[_manifest.ContentOf(number)];
        if (Difference(_manifest.KindOf(number), content.Size, status) is { } how)
        {
            held.Differences.Add((_manifest.Entries[number].Path, how));
        }
        else if (link is { } text && text != content.Digest)
        {
            held.Differences.Add((_manifest.Entries[number].Path, OtherContent(content.Digest, text)));
        }
        else if (link is null && _marksSeen && _marks!.IsAsSeen(number, status))
        {
            held.Untouched++;
            held.Linked += status is { Names: > 1 } ? 1 : 0;
        }
        else if (link is null)
        {
            held.ToRead.Add(number);
        }
    }

    /// <summary>Reads the files, on all cores: opening them is most of the work, then hashing.</summary>
    private void ReadContents(CancellationToken cancellationToken)
    {
        // In the order of their paths those of one directory stand together.
        _toRead.Sort();
        var differences = new ConcurrentBag<(int Number, string How)>();
        using var files = new TreeFiles(_tree);
        AllCores.ForFiles(
            _toRead.Count,
            i => _manifest.DistinctContents[_manifest.ContentOf(_toRead[i])].Size,
            i =>
            {
                if (Read(files, _toRead[i]) is { } how)
                {
                    differences.Add((_toRead[i], how));
                }
            },
            cancellationToken);
        foreach (var (number, how) in differences.OrderBy(d => d.Number))
        {
            Differ(_manifest.Entries[number].Path, how);
        }
    }

    private string? Read(TreeFiles files, int number)
    {
        var content = _manifest.DistinctContents[_manifest.ContentOf(number)];
        using var file = TryOpen(files, _manifest.PathBytesOf(number), out var whyNot);
        if (file is null)
        {
            return whyNot;
        }

        var askedAt = _marks?.Now ?? 0;
        var status = DirectoryHandle.StatusOf(file);
        if (Difference(_manifest.KindOf(number), content.Size, status) is { } how)
        {
            return how;
        }

        var digest = ContentDigest.Of(file, out var bytes, content.Size);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _linked, status.Names > 1 ? 1 : 0);
        if (digest != content.Digest)
        {
            return OtherContent(content.Digest, digest);
        }

        _marks?.Note(number, status, askedAt);
        return null;
    }

    /// <summary>A file that its owner may not read, or that is gone since it was listed, differs; any other failure ends the reading.</summary>
    private static SafeFileHandle? TryOpen(TreeFiles files, ReadOnlySpan<byte> path, out string? whyNot)
    {
        try
        {
            whyNot = null;
            return files.OpenRead(path);
        }
        catch (PosixException e) when (e.Errno is PosixException.Forbidden or PosixException.NoEntry or PosixException.TooManyLinks)
        {
            whyNot = $"cannot be opened (errno {e.Errno})";
            return null;
        }
    }

    /// <summary>In kind, size or mode; null when there is none.</summary>
    private string? Difference(EntryKind wanted, long size, NodeStatus? status)
    {
        var kind = status switch
        {
            { Kind: NodeKind.Link } => EntryKind.Link,
            { Kind: NodeKind.File } file => (file.Mode & 0x40) != 0 ? EntryKind.Executable : EntryKind.File,
            _ => (EntryKind?)null,
        };
        return kind != wanted || status!.Value.Size != size
            ? $"should be {wanted} of {size} bytes, is {kind?.ToString() ?? "something else"} of {status?.Size}"
            : kind == EntryKind.Link ? null : ModeDifference(status.Value, _noFileHas);
    }

    private static string? ModeDifference(NodeStatus status, uint forbidden) =>
        (status.Mode & forbidden) == 0 ? null : $"was given the mode {Convert.ToString((int)status.Mode, 8)}";

    private static string OtherContent(Sha256Digest wanted, Sha256Digest seen) => $"should have sha256 {wanted.Short}…, has {seen.Short}…";

    private void Differ(TreePath path, string how)
    {
        _differenceCount++;
        if (_differences.Count < MostDifferencesNamed)
        {
            _differences.Add($"{path} {how}");
        }
    }

    /// <summary>What came of one directory.</summary>
    private sealed class HeldDirectory
    {
        public List<int> ToRead { get; } = [];

        public List<(TreePath Path, string How)> Differences { get; } = [];

        public required List<(string Path, NodeStatus? Status)> Extra { get; init; }

        public int Untouched { get; set; }

        public int JustHeld { get; set; }

        public int Linked { get; set; }
    }
}
