using System.Buffers;
using IuCutter.Agent.Posix;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// A release while it is put together, beside everything that is there. Contents come from releases that are on the target already,
/// or over the wire; each is hashed while it is written, and only counts when its digest is the manifest's.
/// </summary>
public sealed class Staging : IDisposable
{
    private const int ReadBytes = 64 * 1024;

    private readonly DirectoryHandle _folder;
    private readonly DirectoryHandle _tree;
    private readonly TreeFiles _files;
    private readonly ContentCopy _copy;
    private readonly EntriesByContent _entries;
    private readonly bool[] _have;
    private readonly TimeProvider _time;
    private int _firstMissing;
    private int _reused;
    private int _received;
    private long _receivedBytes;
    private int _rotten;
    private IncomingContent? _incoming;

    // Empty where there was no spare.
    private IReadOnlyList<bool> _inPlace = [];

    private Staging(Manifest manifest, DirectoryHandle folder, DirectoryHandle tree, LinkRule link, TimeProvider time)
    {
        (Manifest, Link, _folder, _tree) = (manifest, link, folder, tree);
        _time = time;
        Marks = new TreeMarks(manifest.Entries.Count, time);
        _files = new TreeFiles(tree);
        _copy = new ContentCopy(tree, _files, link);
        _have = new bool[manifest.DistinctContents.Count];
        _entries = new EntriesByContent(manifest);
    }

    public Manifest Manifest { get; }

    /// <summary>Whether files may be shared with other releases that are as read-only as this one becomes.</summary>
    public LinkRule Link { get; }

    /// <summary>Which files were read and found right as they lie there.</summary>
    public TreeMarks Marks { get; private set; }

    /// <summary>Contents that lay in place already, in a spare.</summary>
    public int Spared { get; private set; }

    /// <summary>Files in it that were read when it was made, and not now, because nobody has written to them since.</summary>
    public int Untouched { get; private set; }

    /// <summary>Contents that were taken from releases on the target.</summary>
    public int Reused => _reused;

    /// <summary>Contents of releases on the target that were found changed, and so had to come from elsewhere.</summary>
    public int Rotten => _rotten;

    /// <summary>Contents that came over the wire, and their bytes.</summary>
    public int Received => _received;

    /// <summary>Contents that were taken out of the mirror.</summary>
    public int Mirrored { get; private set; }

    public long ReceivedBytes => _receivedBytes;

    public long MissingCount => _have.LongCount(h => !h);

    public long MissingBytes => Manifest.DistinctContents.Where((_, i) => !_have[i]).Sum(c => c.Size) - ResumeOffset;

    /// <summary>How many bytes of the content under way are there and hashed; it is the first missing one.</summary>
    public long ResumeOffset => _incoming?.Written ?? 0;

    /// <summary>Makes the empty place with all of the manifest's directories.</summary>
    public static Staging Begin(DeployRoot root, Manifest manifest, TimeProvider time, LinkRule link = LinkRule.Copy)
    {
        CrashPoint.Reach("C02.before");
        var folder = root.BeginStaging(manifest.ReleaseId);
        CrashPoint.Reach("C02.after");
        folder.MakeDirectory("tree"u8, TreeWalk.FolderMode);
        var staging = new Staging(manifest, folder, folder.OpenDirectory("tree"u8), link, time);
        TreeWalk.MakeDirectories(staging._tree, manifest);
        return staging;
    }

    /// <summary>Begins with a spare, which is a copy of a release that has most of what is needed.</summary>
    /// <param name="folder">The spare, in the place where the release is put together.</param>
    /// <param name="read">Which of the manifest's files were read as they lie in it; null where that is not known.</param>
    /// <exception cref="IOException">It is of no use: a folder of it was changed, or it cannot be read or written.</exception>
    public static Staging Begin(DirectoryHandle folder, TreeMarks? read, Manifest manifest, TimeProvider time, CancellationToken cancellationToken)
    {
        folder.MakeDirectory("tree"u8, TreeWalk.FolderMode);
        var staging = new Staging(manifest, folder, folder.OpenDirectory("tree"u8), LinkRule.Copy, time);
        try
        {
            var spare = new SpareTree(folder, staging._tree, staging._files, manifest, staging.Marks, read);
            spare.Keep(cancellationToken);
            TreeWalk.MakeDirectories(staging._tree, manifest, spare.InPlace, spare.Folders);
            staging.Take(spare.InPlace);
            staging.Untouched = spare.Untouched;
            return staging;
        }
        catch
        {
            staging.Dispose();
            throw;
        }
    }

    public bool Has(int content) => _have[content];

    /// <summary>Whether a content is some file's, and not links' only.</summary>
    public bool IsFile(int content) => _entries.FileOf(content) is not null;

    /// <summary>Takes a content from a file or link of another release; other contents may be taken at the same time.</summary>
    /// <param name="other">The file or link.</param>
    /// <param name="content">Ours.</param>
    /// <returns>False when what lies there is not that content any more, or cannot be read: then it comes from elsewhere.</returns>
    /// <exception cref="PosixException">Ours cannot be written.</exception>
    public bool TakeFrom(ReusableFile other, int content)
    {
        _have[content] = _entries.FileOf(content) is { } first ? TakeFile(other, content, first) : TakeLink(other, content);
        Interlocked.Increment(ref (_have[content] ? ref _reused : ref _rotten));
        return _have[content];
    }

    /// <summary>The contents that have to come over the wire, as runs of content numbers.</summary>
    public IEnumerable<(int First, int Count)> Missing()
    {
        for (var i = 0; i < _have.Length; i++)
        {
            if (_have[i])
            {
                continue;
            }

            var first = i;
            while (i < _have.Length && !_have[i])
            {
                i++;
            }

            yield return (first, i - first);
        }
    }

    /// <summary>Says where the sender will go on; anything but the first missing content at its resume offset is refused.</summary>
    /// <exception cref="RefusalException">The sender is somewhere else.</exception>
    public void Resume(uint content, ulong offset)
    {
        var first = Array.IndexOf(_have, false);
        if (content != first || offset != (ulong)ResumeOffset)
        {
            throw new RefusalException(
                RefusalCode.WrongState,
                $"an upload must go on with content {first} at byte {ResumeOffset}, not content {content} at byte {offset}",
                "offer the manifest again, and send from where the answer says");
        }

        _firstMissing = first;
        FinishEmptyOnes();
    }

    /// <summary>Takes the next bytes, whichever contents they belong to; those that are whole in them are written on all cores.</summary>
    /// <exception cref="RefusalException">A content is not what its digest says, or there is more than was missing.</exception>
    public void Take(ReadOnlyMemory<byte> bytes)
    {
        var whole = new List<(int Content, ReadOnlyMemory<byte> Bytes)>();
        while (!bytes.IsEmpty && _firstMissing >= 0)
        {
            var left = Manifest.DistinctContents[_firstMissing].Size - ResumeOffset;
            var part = bytes[..(int)Math.Min(bytes.Length, left)];
            if (_incoming is null && part.Length == left)
            {
                whole.Add((_firstMissing, part));
                _firstMissing = NextMissing();
            }
            else
            {
                TakeAll(whole);
                TakePart(part.Span);
            }

            bytes = bytes[part.Length..];
            FinishEmptyOnes();
        }

        TakeAll(whole);
        if (!bytes.IsEmpty)
        {
            throw new RefusalException(
                RefusalCode.BadRequest, $"{bytes.Length} bytes came after the last missing content", "report this as a bug of the sender");
        }
    }

    /// <summary>Takes one missing content, wherever it stands among them, from what has it on the target. No upload is under way then.</summary>
    /// <param name="content">Its number.</param>
    /// <param name="read">Gives its next bytes; no more are asked for than the manifest says.</param>
    /// <returns>False when they were not that content; nothing of it is left then.</returns>
    public async Task<bool> TakeAsync(int content, Func<Memory<byte>, ValueTask<int>> read)
    {
        using var incoming = Begin(content);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        var isWhole = false;
        try
        {
            while (incoming.Written < incoming.Size)
            {
                var got = await read(buffer.AsMemory(0, (int)Math.Min(buffer.Length, incoming.Size - incoming.Written)));
                incoming.Write(buffer.AsSpan(0, got > 0 ? got : throw new EndOfStreamException("a content ended too early")));
            }

            isWhole = incoming.Digest() == Manifest.DistinctContents[content].Digest;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (!isWhole && incoming.Entry is { } broken)
            {
                _tree.Remove(broken.Path.ToBytes());
            }
        }

        if (isWhole)
        {
            Count(content, incoming.Entry, incoming.LinkText);
            Mirrored++;
        }

        return isWhole;
    }

    /// <summary>Writes the files beside the tree, and makes all of it survive a power cut. All contents must be there.</summary>
    /// <param name="configuration">The release's, as JSON.</param>
    /// <param name="flush">Makes all that was written to the file system survive a power cut.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="readAll">True: every file is read, whatever was read before.</param>
    /// <returns>The tree as it lies there, read back whole and held against the manifest.</returns>
    /// <exception cref="PosixException">It cannot be written, flushed or read.</exception>
    public async Task<TreeComparison> CompleteAsync(ReadOnlyMemory<byte> configuration, Action flush, CancellationToken cancellationToken, bool readAll = false)
    {
        Marks = readAll ? new TreeMarks(Manifest.Entries.Count, _time) : Marks;

        // In the tree nothing is written any more. The flush waits for the disk while the files are read.
        var flushed = Task.Run(() => Finish(configuration, flush), CancellationToken.None);
        try
        {
            return TreeReader.Compare(_tree, Manifest, Link, lookAtExtra: false, cancellationToken, Marks, heldJustNow: true);
        }
        finally
        {
            await flushed;
        }
    }

    public void Dispose()
    {
        _incoming?.Dispose();
        _files.Dispose();
        _tree.Dispose();
        _folder.Dispose();
    }

    private void Finish(ReadOnlyMemory<byte> configuration, Action flush)
    {
        ReleaseFolder.Write(_folder, Manifest, configuration.Span);
        CrashPoint.Reach("C09.before");
        flush();
        CrashPoint.Reach("C09.after");
    }

    /// <summary>A content that lies at one of its paths is copied to the others.</summary>
    private void Take(IReadOnlyList<bool> inPlace)
    {
        _inPlace = inPlace;
        for (var content = 0; content < _have.Length; content++)
        {
            var lacks = false;
            int? file = null;
            foreach (var number in _entries.Of(content))
            {
                lacks |= !inPlace[number];
                file ??= inPlace[number] && Manifest.KindOf(number) != EntryKind.Link ? number : null;
            }

            _have[content] = !lacks || file is not null;
            Spared += _have[content] ? 1 : 0;
            if (lacks && file is { } whole)
            {
                WriteOthers(content, Manifest.Entries[whole]);
            }
        }
    }

    private bool TakeLink(ReusableFile other, int content)
    {
        var text = TryReadLink(other);
        if (text is null || Sha256Digest.Of(text) != Manifest.DistinctContents[content].Digest)
        {
            return false;
        }

        WriteOthers(content, written: null, text);
        return true;
    }

    private bool TakeFile(ReusableFile other, int content, ManifestEntry first)
    {
        var askedAt = other.Marks.Now;
        using var source = other.Tree.TryOpenRead(other.Path.ToBytes());
        if (source is null || DirectoryHandle.StatusOf(source) is not { Kind: NodeKind.File } status)
        {
            return false;
        }

        // A shared file has one mode, whichever of its names it is called by.
        var isExecutable = (status.Mode & 0x40) != 0;
        var isShared = other.IsReadOnly && _copy.MayLink && (status.Mode & ContentCopy.WriteBits) == 0 && isExecutable == (first.Kind == EntryKind.Executable);
        var isWhole = isShared ? _copy.Share(source, first) : _copy.Make(source, first);
        if (isWhole)
        {
            other.Marks.Note(other.Entry, status, askedAt);
            WriteOthers(content, first, isShared: isShared);
        }

        return isWhole;
    }

    private static byte[]? TryReadLink(ReusableFile other)
    {
        try
        {
            return other.Tree.ReadLink(other.Path.ToBytes());
        }
        catch (PosixException)
        {
            return null;
        }
    }

    private void TakeAll(List<(int Content, ReadOnlyMemory<byte> Bytes)> whole)
    {
        try
        {
            AllCores.ForFiles(whole.Count, i => whole[i].Bytes.Length, i => TakeWhole(whole[i].Content, whole[i].Bytes.Span), CancellationToken.None);
        }
        finally
        {
            whole.Clear();
        }
    }

    private void TakeWhole(int content, ReadOnlySpan<byte> bytes)
    {
        var wanted = Manifest.DistinctContents[content].Digest;
        if (Sha256Digest.Of(bytes) is var seen && seen != wanted)
        {
            throw Damaged(content, seen);
        }

        var first = _entries.FileOf(content);
        if (first is { } entry)
        {
            CrashPoint.Reach("C08.before");
            using var file = _copy.Create(entry);
            FileBytes.Write(file, bytes, 0);
            CrashPoint.Reach("C08.after");
        }

        Interlocked.Add(ref _receivedBytes, bytes.Length);
        Count(content, first, first is null ? bytes.ToArray() : null);
        Interlocked.Increment(ref _received);
    }

    private void TakePart(ReadOnlySpan<byte> part)
    {
        _incoming ??= Begin(_firstMissing);
        CrashPoint.Reach("C03.before");
        _incoming.Write(part);
        CrashPoint.Reach("C03.after");
        _receivedBytes += part.Length;
        if (_incoming.Written < _incoming.Size)
        {
            return;
        }

        CrashPoint.Reach("C04.before");
        using var incoming = _incoming;
        _incoming = null;
        if (incoming.Digest() is var seen && seen != Manifest.DistinctContents[incoming.Number].Digest)
        {
            if (incoming.Entry is { } broken)
            {
                _tree.Remove(broken.Path.ToBytes());
            }

            throw Damaged(incoming.Number, seen);
        }

        CrashPoint.Reach("C04.after");
        Count(incoming.Number, incoming.Entry, incoming.LinkText);
        _received++;
        _firstMissing = NextMissing();
    }

    private IncomingContent Begin(int content)
    {
        var entry = _entries.FileOf(content);
        return new IncomingContent(content, Manifest.DistinctContents[content].Size, entry, entry is { } file ? _copy.Create(file) : null);
    }

    /// <summary>Empty contents bring no byte that could start them.</summary>
    private void FinishEmptyOnes()
    {
        while (_incoming is null && _firstMissing >= 0 && Manifest.DistinctContents[_firstMissing].Size == 0)
        {
            TakeWhole(_firstMissing, []);
            _firstMissing = NextMissing();
        }
    }

    /// <summary>Behind the one at hand: those before it are there, or on their way.</summary>
    private int NextMissing() => Array.IndexOf(_have, false, _firstMissing + 1);

    private void Count(int content, ManifestEntry? written, byte[]? linkText)
    {
        CrashPoint.Reach("C05.before");
        WriteOthers(content, written, linkText);
        _have[content] = true;
        CrashPoint.Reach("C05.after");
    }

    private RefusalException Damaged(int content, Sha256Digest seen) => new(
        RefusalCode.DigestMismatch,
        $"{Manifest.Entries[_entries.Of(content).First()].Path} arrived with sha256 {seen.Short}…, the manifest says {Manifest.DistinctContents[content].Digest.Short}…",
        "push again; if it happens twice, something between the hosts changes data");

    /// <summary>The same content at its other paths.</summary>
    private void WriteOthers(int content, ManifestEntry? written, byte[]? linkText = null, bool isShared = false)
    {
        if (written is not null && _entries.IsAlone(content))
        {
            return;
        }

        foreach (var number in _entries.Of(content))
        {
            var entry = Manifest.Entries[number];
            if (_inPlace.Count > 0 && _inPlace[number])
            {
                continue;
            }

            if (entry.Kind == EntryKind.Link)
            {
                linkText ??= ReadWhole(written!.Value);
                _tree.MakeLink(entry.Path.ToBytes(), linkText);
            }
            else if (entry != written)
            {
                using var source = _tree.OpenRead(written!.Value.Path.ToBytes());
                if (!(isShared && entry.Kind == written.Value.Kind ? _copy.Share(source, entry) : _copy.Make(source, entry)))
                {
                    throw new IOException($"{written.Value.Path} could not be read back as it was written, to be copied to {entry.Path}");
                }
            }
        }
    }

    private byte[] ReadWhole(ManifestEntry entry)
    {
        using var file = _tree.OpenRead(entry.Path.ToBytes());
        var bytes = new byte[entry.Size];
        return FileBytes.Read(file, bytes, 0) == bytes.Length ? bytes : throw new IOException($"{entry.Path} could not be read back as it was written");
    }
}
