using System.Security.Cryptography;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>
/// Contents one after another, hashed on their way in: the first in memory as far as there is room for them, the others in a file without a name. One at a time reads.
/// </summary>
internal sealed class ContentSpool : IDisposable
{
    private const int BlockBytes = 1 << 20;
    private const int MostInMemory = 40 << 20;
    private const int PopulatedAtOnce = 256 << 10;
    private const int LeastAhead = 16 << 10;
    private const int MostAhead = 256 << 10;

    // Between contents of an archive there are headers.
    private const int NearBytes = 4 << 10;

    // What a manifest and its making take, measured: a process that reads many files is large already.
    private const int BytesAnItem = 420;

    private readonly SpoolFile _file;
    private readonly int _inMemory;
    private SpoolMemory? _memory;
    private byte[]? _block;
    private long[] _offsets = [];
    private long _written;
    private int _populated;
    private int _filled;

    // What was read of the file beyond what was asked for: most contents are small, and are asked for one after another. The longer that goes on, the more.
    private byte[]? _ahead;
    private long _aheadAt;
    private int _aheadLength;
    private int _nextAhead = LeastAhead;

    /// <summary>What a finished file holds already.</summary>
    public ContentSpool(SpoolFile file)
    {
        _file = file;
    }

    /// <param name="file">For what has no room in memory.</param>
    /// <param name="items">How many files are to come.</param>
    public ContentSpool(SpoolFile file, int items)
    {
        _file = file;
        _inMemory = (int)Math.Max(0, MostInMemory - ((long)items * BytesAnItem));
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
            unfit?.TakeLink(source.Path, source.Size <= 4095 ? piece.Span : []);
        }
        else if (unfit?.TakePointer(source.Size, piece.Span) is true)
        {
            unfit.AddPointer(source.Path);
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

    /// <summary>Fills the buffer with bytes of a content. What lies in the file was written a moment ago, mostly, and is in the kernel's memory: it is not waited for.</summary>
    /// <exception cref="EndOfStreamException">The file has been cut short.</exception>
    public void Read(int content, long offset, Span<byte> buffer)
    {
        for (var at = _offsets[content] + offset; buffer.Length > 0;)
        {
            var read = Piece(at, buffer);
            buffer = buffer[read..];
            at += read;
        }
    }

    public void Dispose()
    {
        _memory?.Dispose();
        _file.Dispose();
    }

    private int Piece(long at, Span<byte> buffer)
    {
        var inMemory = Math.Min(_inMemory, _written);
        if (at < inMemory)
        {
            return Copy(_memory!.Slice((int)at, (int)(inMemory - at)), buffer);
        }

        var inBlock = at - _written;
        if (inBlock >= 0 && inBlock < _filled)
        {
            return Copy(_block.AsSpan((int)inBlock, _filled - (int)inBlock), buffer);
        }

        var inFile = at - _inMemory;
        var read = inFile < 0 ? 0 : FromFile(inFile, buffer);
        return read > 0 ? read : throw new EndOfStreamException("The contents were cut short while they were being read.");
    }

    private int FromFile(long at, Span<byte> buffer)
    {
        if (at >= _aheadAt && at < _aheadAt + _aheadLength)
        {
            var from = (int)(at - _aheadAt);
            return Copy(_ahead.AsSpan(from, _aheadLength - from), buffer);
        }

        var gap = at - (_aheadAt + _aheadLength);
        var goesOn = gap is >= 0 and <= NearBytes;
        if (buffer.Length >= MostAhead || !goesOn)
        {
            var read = RandomAccess.Read(_file.Handle, buffer, at);
            (_aheadAt, _aheadLength, _nextAhead) = (at + read, 0, goesOn ? _nextAhead : LeastAhead);
            return read;
        }

        _ahead ??= FreshPages.Array<byte>(MostAhead);
        (_aheadAt, _aheadLength) = (at, RandomAccess.Read(_file.Handle, _ahead.AsSpan(0, _nextAhead), at));
        _nextAhead = Math.Min(2 * _nextAhead, MostAhead);
        return Copy(_ahead.AsSpan(0, _aheadLength), buffer);
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_written < _inMemory)
        {
            _memory ??= new SpoolMemory(_inMemory);
            if (_written + bytes.Length > _populated)
            {
                var more = Math.Min(Math.Max(PopulatedAtOnce, bytes.Length), _inMemory - _populated);
                FreshPages.Populate(_memory.Slice(_populated, more));
                _populated += more;
            }

            var kept = Copy(bytes, _memory.Slice((int)_written, _inMemory - (int)_written));
            _written += kept;
            bytes = bytes[kept..];
        }

        while (!bytes.IsEmpty)
        {
            _block ??= FreshPages.Array<byte>(BlockBytes);
            var taken = Copy(bytes, _block.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == BlockBytes)
            {
                RandomAccess.Write(_file.Handle, _block, _written - _inMemory);
                (_written, _filled) = (_written + _filled, 0);
            }
        }
    }
}
