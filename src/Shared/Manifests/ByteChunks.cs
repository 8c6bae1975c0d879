namespace IuCutter.Manifests;

/// <summary>Many short records, kept one after another in large pieces: no object a record, and no copy while they grow.</summary>
public sealed class ByteChunks
{
    /// <summary>The longest record, in bytes.</summary>
    public const int LongestRecord = 1 << 16;

    private const int ChunkBytes = 1 << 20;

    // Of a whole one a small tree fills little, and large objects are what the collector runs for first.
    private const int FirstBytes = LongestRecord;
    private const int Growth = 4;

    private readonly List<byte[]> _chunks = [];
    private int _used = ChunkBytes;

    /// <summary>Room for a record of at most so many bytes; <see cref="Commit"/> says how many it took.</summary>
    public Span<byte> Reserve(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LongestRecord);
        if (ChunkBytes - _used < length)
        {
            _chunks.Add(_chunks.Count == 0 ? new byte[FirstBytes] : FreshPages.Array<byte>(ChunkBytes));
            _used = 0;
        }

        if (_chunks[^1].Length - _used < length)
        {
            var larger = FreshPages.Array<byte>(Math.Min(_chunks[^1].Length * Growth, ChunkBytes));
            _chunks[^1].AsSpan(0, _used).CopyTo(larger);
            _chunks[^1] = larger;
        }

        return _chunks[^1].AsSpan(_used, length);
    }

    /// <summary>The record's place, by which <see cref="From"/> finds it again.</summary>
    public int Commit(int length)
    {
        var place = checked(((_chunks.Count - 1) * ChunkBytes) + _used);
        _used += length;
        return place;
    }

    /// <summary>The record at a place, and whatever follows it in its piece.</summary>
    public ReadOnlySpan<byte> From(int place) => _chunks[place / ChunkBytes].AsSpan(place % ChunkBytes);
}
