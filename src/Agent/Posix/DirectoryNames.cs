using System.Buffers.Binary;

namespace IuCutter.Agent.Posix;

/// <summary>The names in a directory, in byte order, with the kinds that the directory keeps. It can be filled again, and keeps its room for that.</summary>
public sealed class DirectoryNames
{
    /// <summary>As much of a directory as glibc asks for at once.</summary>
    private const int LeastRoom = 32 * 1024;

    private const int MostKept = 10_000;

    // struct linux_dirent64, getdents64(2): the entry's length, its kind, and its name, ended by a zero.
    private const int LengthAt = 16;
    private const int KindAt = 18;
    private const int NameAt = 19;
    private const byte OfDirectory = 4;
    private const byte OfFile = 8;

    private byte[] _bytes = new byte[2 * LeastRoom];
    private int _filled;
    private (int At, int Length, NodeKind? Kind)[] _names = new (int, int, NodeKind?)[64];

    public int Count { get; private set; }

    /// <summary>Whether there are so many that the room is better given back than kept.</summary>
    public bool IsLarge => Count > MostKept;

    /// <summary>Good until it is filled again.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_names[index].At, _names[index].Length);

    /// <summary>Null where the directory does not say, or it is neither a file nor a directory.</summary>
    public NodeKind? KindOf(int index) => _names[index].Kind;

    internal void Clear() => (_filled, Count) = (0, 0);

    /// <summary>Where the kernel may put entries.</summary>
    internal Span<byte> Room()
    {
        if (_bytes.Length - _filled < LeastRoom)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        return _bytes.AsSpan(_filled);
    }

    /// <summary>Takes what the kernel has put there.</summary>
    internal void Take(int bytes)
    {
        for (var end = _filled + bytes; _filled < end; _filled += BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(_filled + LengthAt)))
        {
            var name = _bytes.AsSpan(_filled + NameAt);
            name = name[..name.IndexOf((byte)0)];
            if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            {
                continue;
            }

            if (Count == _names.Length)
            {
                Array.Resize(ref _names, 2 * _names.Length);
            }

            _names[Count++] = (_filled + NameAt, name.Length, _bytes[_filled + KindAt] switch { OfFile => NodeKind.File, OfDirectory => NodeKind.Directory, _ => null });
        }
    }

    internal void Sort() => _names.AsSpan(0, Count).Sort((a, b) => _bytes.AsSpan(a.At, a.Length).SequenceCompareTo(_bytes.AsSpan(b.At, b.Length)));
}
