namespace IuCutter.Packager.Source;

/// <summary>Reads a stream through one buffer of fixed size. What is handed out lives until the next call.</summary>
internal sealed class ByteFeed(Stream stream)
{
    public const int Capacity = 256 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Capacity);
    private int _start;
    private int _end;

    /// <summary>True when the stream has ended and all of it was handed out.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The text before the next <paramref name="mark"/>, which is skipped; null where none comes within the buffer's size.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> LineAsync(byte mark, CancellationToken cancellation)
    {
        var searched = 0;
        while (true)
        {
            if (_buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf(mark) is var found and >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + found);
                _start += searched + found + 1;
                return line;
            }

            searched = _end - _start;
            if (searched == Capacity || !await FillAsync(cancellation))
            {
                IsAtEnd = searched == 0;
                return null;
            }
        }
    }

    /// <summary>Exactly <paramref name="count"/> bytes, at most <see cref="Capacity"/>; null where the stream ends before.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ExactlyAsync(int count, CancellationToken cancellation)
    {
        while (_end - _start < count)
        {
            if (!await FillAsync(cancellation))
            {
                IsAtEnd = _end == _start;
                return null;
            }
        }

        var bytes = _buffer.AsMemory(_start, count);
        _start += count;
        return bytes;
    }

    /// <summary>
    /// Some of the next <paramref name="remaining"/> bytes: all of them where they fit the buffer, at least one else; empty where the stream ends before.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>> PieceAsync(long remaining, CancellationToken cancellation)
    {
        if (remaining <= Capacity)
        {
            return await ExactlyAsync((int)remaining, cancellation) ?? ReadOnlyMemory<byte>.Empty;
        }

        if (_end == _start && !await FillAsync(cancellation))
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var piece = _buffer.AsMemory(_start, (int)Math.Min(remaining, _end - _start));
        _start += piece.Length;
        return piece;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_start > 0 && (_start == _end || _end == Capacity))
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        return read > 0;
    }
}
