using System.Buffers;
using System.Security.Cryptography;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Manifests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Releases;

/// <summary>
/// A release while it is put together, beside everything that is there. Contents come from releases that are on the target already,
/// or over the wire; each is hashed while it is written, and only counts when its digest is the manifest's.
/// </summary>
public sealed class Staging : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly DeployRoot _root;
    private readonly DirectoryHandle _folder;
    private readonly DirectoryHandle _tree;
    private readonly List<ManifestEntry>[] _entriesOf;
    private readonly bool[] _have;
    private Incoming? _incoming;

    private Staging(DeployRoot root, Manifest manifest, DirectoryHandle folder, DirectoryHandle tree)
    {
        (_root, Manifest, _folder, _tree) = (root, manifest, folder, tree);
        _have = new bool[manifest.DistinctContents.Count];
        _entriesOf = GroupByContent(manifest);
    }

    public Manifest Manifest { get; }

    /// <summary>Contents that were taken from releases on the target.</summary>
    public int Reused { get; private set; }

    /// <summary>Contents that came over the wire, and their bytes.</summary>
    public int Received { get; private set; }

    public long ReceivedBytes { get; private set; }

    /// <summary>Contents of releases on the target that were found changed, and so had to come over the wire.</summary>
    public int Rotten { get; private set; }

    public long MissingCount => _have.LongCount(h => !h);

    /// <summary>How many bytes of the content under way are there and hashed; it is the first missing one.</summary>
    public long ResumeOffset => _incoming?.Written ?? 0;

    /// <summary>Makes the empty place with all of the manifest's directories.</summary>
    public static Staging Begin(DeployRoot root, Manifest manifest)
    {
        var folder = root.BeginStaging(manifest.ReleaseId);
        folder.MakeDirectory("tree"u8, 0x1ED);
        var staging = new Staging(root, manifest, folder, folder.OpenDirectory("tree"u8));
        staging.MakeDirectories();
        return staging;
    }

    /// <summary>Takes what other releases have; a content that is not what it was is left for the wire.</summary>
    public void Reuse(ContentCatalogue catalogue, Action<int> progress, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _have.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var content = Manifest.DistinctContents[i];
            if (!_have[i] && catalogue.Find(content.Digest, isLink: !IsFile(i)) is { } place)
            {
                Reuse(i, place.Release, place.Path);
                progress(i);
            }
        }
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

    public long MissingBytes => Manifest.DistinctContents.Where((_, i) => !_have[i]).Sum(c => c.Size) - ResumeOffset;

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

        // Empty contents bring no byte that could start them.
        Advance();
    }

    /// <summary>Takes the next bytes, whichever contents they belong to.</summary>
    /// <exception cref="RefusalException">A content is not what its digest says, or there is more than was missing.</exception>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var incoming = _incoming ?? throw new RefusalException(
                RefusalCode.BadRequest, $"{bytes.Length} bytes came after the last missing content", "report this as a bug of the sender");
            var part = bytes[..(int)Math.Min(bytes.Length, incoming.Size - incoming.Written)];
            incoming.Write(part);
            ReceivedBytes += part.Length;
            bytes = bytes[part.Length..];
            if (incoming.Written == incoming.Size)
            {
                Finish(incoming);
                Advance();
            }
        }
    }

    /// <summary>Writes the files beside the tree. All contents must be there.</summary>
    /// <returns>The tree as it lies there, held against the manifest: kinds, sizes and modes, for contents were hashed while written.</returns>
    public TreeComparison Complete(ReadOnlySpan<byte> configuration, CancellationToken cancellationToken)
    {
        ReleaseFolder.Write(_folder, Manifest, configuration);
        return TreeReader.Compare(_tree, Manifest, readContents: false, cancellationToken);
    }

    public void Dispose()
    {
        _incoming?.Dispose();
        _tree.Dispose();
        _folder.Dispose();
    }

    private static List<ManifestEntry>[] GroupByContent(Manifest manifest)
    {
        var number = new Dictionary<Sha256Digest, int>(manifest.DistinctContents.Count);
        var groups = new List<ManifestEntry>[manifest.DistinctContents.Count];
        foreach (var entry in manifest.Entries)
        {
            if (!number.TryGetValue(entry.Content, out var i))
            {
                number[entry.Content] = i = number.Count;
                groups[i] = new List<ManifestEntry>(1);
            }

            groups[i].Add(entry);
        }

        return groups;
    }

    private bool IsFile(int content) => _entriesOf[content].Exists(e => e.Kind != EntryKind.Link);

    private void MakeDirectories()
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in Manifest.Entries)
        {
            var path = entry.Path.Raw;
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                if (made.Add(path[..slash]))
                {
                    _tree.MakeDirectory(System.Text.Encoding.Latin1.GetBytes(path[..slash]), 0x1ED);
                }
            }
        }
    }

    private void Reuse(int content, ReleaseId release, TreePath path)
    {
        byte[] place = [.. "tree/"u8, .. path.ToBytes()];
        try
        {
            using var folder = _root.OpenRelease(release);
            _have[content] = IsFile(content) ? ReuseFile(content, folder, place) : ReuseLink(content, folder, place);
        }
        catch (PosixException e) when (!e.IsNoRoom)
        {
            // Gone or unreadable: then it comes over the wire.
        }

        (Reused, Rotten) = _have[content] ? (Reused + 1, Rotten) : (Reused, Rotten + 1);
    }

    private bool ReuseLink(int content, DirectoryHandle folder, byte[] place)
    {
        var text = folder.ReadLink(place);
        if (text is null || Sha256Digest.Of(text) != Manifest.DistinctContents[content].Digest)
        {
            return false;
        }

        WriteOthers(content, written: null, text);
        return true;
    }

    private bool ReuseFile(int content, DirectoryHandle folder, byte[] place)
    {
        var first = _entriesOf[content].First(e => e.Kind != EntryKind.Link);
        var isWhole = false;
        try
        {
            using var source = folder.OpenRead(place);
            isWhole = Copy(source, first);
        }
        finally
        {
            if (!isWhole)
            {
                _tree.Remove(first.Path.ToBytes());
            }
        }

        if (isWhole)
        {
            WriteOthers(content, first);
        }

        return isWhole;
    }

    /// <summary>Copies and hashes at once; false when the source is not the content that the manifest means.</summary>
    private bool Copy(SafeFileHandle source, ManifestEntry entry)
    {
        using var file = CreateFile(entry);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long at = 0;
            for (int read; (read = RandomAccess.Read(source, buffer, at)) > 0 && at <= entry.Size; at += read)
            {
                RandomAccess.Write(file, buffer.AsSpan(0, read), at);
                hash.AppendData(buffer, 0, read);
            }

            return at == entry.Size && Sha256Digest.FromBytes(hash.GetHashAndReset()) == entry.Content;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Advance()
    {
        for (var i = Array.IndexOf(_have, false); i >= 0 && _incoming is null; i = Array.IndexOf(_have, false, i))
        {
            var incoming = new Incoming(i, this);
            if (incoming.Size == 0)
            {
                Finish(incoming);
            }
            else
            {
                _incoming = incoming;
            }
        }
    }

    private void Finish(Incoming incoming)
    {
        _incoming = null;
        using (incoming)
        {
            var wanted = Manifest.DistinctContents[incoming.Content].Digest;
            if (incoming.Digest() is var seen && seen != wanted)
            {
                if (incoming.First is { } broken)
                {
                    _tree.Remove(broken.Path.ToBytes());
                }

                throw new RefusalException(
                    RefusalCode.DigestMismatch,
                    $"{_entriesOf[incoming.Content][0].Path} arrived with sha256 {seen.Short}…, the manifest says {wanted.Short}…",
                    "push again; if it happens twice, something between the hosts changes data");
            }
        }

        WriteOthers(incoming.Content, incoming.First, incoming.LinkText);
        _have[incoming.Content] = true;
        Received++;
    }

    private SafeFileHandle CreateFile(ManifestEntry entry) =>
        _tree.CreateFile(entry.Path.ToBytes(), entry.Kind == EntryKind.Executable ? 0x1EDu : 0x1A4u);

    /// <summary>The same content at its other paths.</summary>
    private void WriteOthers(int content, ManifestEntry? written, byte[]? linkText = null)
    {
        foreach (var entry in _entriesOf[content])
        {
            if (entry.Kind == EntryKind.Link)
            {
                linkText ??= ReadWhole(written!.Value);
                _tree.MakeLink(entry.Path.ToBytes(), linkText);
            }
            else if (entry != written)
            {
                using var source = _tree.OpenRead(written!.Value.Path.ToBytes());
                if (!Copy(source, entry))
                {
                    throw new IOException($"{written.Value.Path} changed while it was copied to {entry.Path}");
                }
            }
        }
    }

    private byte[] ReadWhole(ManifestEntry entry)
    {
        using var file = _tree.OpenRead(entry.Path.ToBytes());
        var bytes = new byte[entry.Size];
        return RandomAccess.Read(file, bytes, 0) == bytes.Length ? bytes : throw new IOException($"{entry.Path} changed while it was read");
    }

    /// <summary>The one content that is arriving now.</summary>
    private sealed class Incoming : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly SafeFileHandle? _file;

        public Incoming(int content, Staging staging)
        {
            (Content, Size) = (content, staging.Manifest.DistinctContents[content].Size);
            First = staging._entriesOf[content].Where(e => e.Kind != EntryKind.Link).Select(e => (ManifestEntry?)e).FirstOrDefault();
            if (First is { } first)
            {
                _file = staging.CreateFile(first);
            }
            else
            {
                LinkText = new byte[Size];
            }
        }

        public int Content { get; }

        public long Size { get; }

        public long Written { get; private set; }

        /// <summary>Null when only links have this content.</summary>
        public ManifestEntry? First { get; }

        public byte[]? LinkText { get; }

        public void Write(ReadOnlySpan<byte> part)
        {
            if (_file is not null)
            {
                RandomAccess.Write(_file, part, Written);
            }
            else
            {
                part.CopyTo(LinkText.AsSpan((int)Written));
            }

            _hash.AppendData(part);
            Written += part.Length;
        }

        public Sha256Digest Digest() => Sha256Digest.FromBytes(_hash.GetHashAndReset());

        public void Dispose()
        {
            _file?.Dispose();
            _hash.Dispose();
        }
    }
}
