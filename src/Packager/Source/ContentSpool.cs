using System.Security.Cryptography;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>Contents one after another in a file without a name, hashed on their way in.</summary>
internal sealed class ContentSpool : IDisposable
{
    private const int BlockBytes = 1 << 20;

    private readonly SpoolFile _file;
    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(BlockBytes);
    private long[] _offsets = [];
    private long _written;
    private int _filled;

    public ContentSpool(SpoolFile file)
    {
        _file = file;
    }

    /// <summary>Where a content begins; <see cref="ReleaseContents.Unread"/> where it is not here.</summary>
    public long OffsetOf(int content) => _offsets[content];

    /// <summary>Says once, when the contents have got their numbers, where each begins.</summary>
    public void Place(long[] offsets) => _offsets = offsets;

    public void Place(int content, long offset) => _offsets[content] = offset;

    /// <summary>Takes the content of the entry at hand.</summary>
    /// <param name="source">Stands on the entry.</param>
    /// <param name="cancellation">Ends the taking.</param>
    /// <param name="unfit">Gets an entry that cannot be released; null where that was judged before.</param>
    /// <param name="scan">Sees the content too; null for no scan.</param>
    public async ValueTask<(Sha256Digest Digest, long Offset)> TakeAsync(
        IEntrySource source, CancellationToken cancellation, UnfitEntries? unfit = null, FileScan? scan = null)
    {
        var offset = _written + _filled;
        var piece = await source.ReadAsync(cancellation);
        if (source.Kind == EntryKind.Link)
        {
            unfit?.TakeLink(source, source.Size <= 4095 ? piece.Span : []);
        }
        else
        {
            unfit?.TakePointer(source.Path, source.Size, piece.Span);
        }

        if (piece.Length == source.Size)
        {
            scan?.Feed(piece.Span);
            var digest = Sha256Digest.Of(piece.Span);
            Write(piece.Span);
            if (!piece.IsEmpty)
            {
                await source.ReadAsync(cancellation);
            }

            return (digest, offset);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (!piece.IsEmpty)
        {
            hash.AppendData(piece.Span);
            scan?.Feed(piece.Span);
            Write(piece.Span);
            piece = await source.ReadAsync(cancellation);
        }

        return (Sha256Digest.FromBytes(hash.GetHashAndReset()), offset);
    }

    /// <summary>Takes a content that was hashed already; returns where it begins.</summary>
    public long Take(ReadOnlySpan<byte> content)
    {
        var offset = _written + _filled;
        Write(content);
        return offset;
    }

    public async ValueTask ReadAsync(int content, long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        Flush();
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await RandomAccess.ReadAsync(_file.Handle, buffer[filled..], _offsets[content] + offset + filled, cancellation);
            filled += read > 0 ? read : throw new EndOfStreamException("The contents were cut short while they were being read.");
        }
    }

    public void Dispose() => _file.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var take = Math.Min(bytes.Length, BlockBytes - _filled);
            bytes[..take].CopyTo(_block.AsSpan(_filled));
            _filled += take;
            bytes = bytes[take..];
            if (_filled == BlockBytes)
            {
                Flush();
            }
        }
    }

    private void Flush()
    {
        if (_filled > 0)
        {
            RandomAccess.Write(_file.Handle, _block.AsSpan(0, _filled), _written);
            (_written, _filled) = (_written + _filled, 0);
        }
    }
}
