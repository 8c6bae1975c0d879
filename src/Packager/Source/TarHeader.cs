using System.Globalization;
using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// Writes the header of one entry of our canonical tar: POSIX ustar (IEEE Std 1003.1, "pax"), with a pax extended header before it only where
/// ustar has no room for the path, the link's target, the size or the time. docs/decisions/0002-canonical-tar.md says why it is written here.
/// </summary>
internal sealed class TarHeader
{
    public const int Block = 512;

    /// <summary>More than a path and a target of 4095 bytes each, a size and a time ever need.</summary>
    public const int LargestExtension = 16 * 1024;

    // Eleven octal digits.
    private const long LargestNumber = (1L << 33) - 1;

    private readonly byte[] _bytes = new byte[LargestExtension + (2 * Block)];
    private int _length;

    /// <summary>Where the link's target stands in what <see cref="Write"/> gave; -1 for a file.</summary>
    public int LinkOffset { get; private set; }

    /// <summary>The header's blocks; they live until the next call.</summary>
    public ReadOnlyMemory<byte> Write(TreePath path, EntryKind kind, long size, ReadOnlySpan<byte> link, long timeUnix)
    {
        _length = 0;
        LinkOffset = -1;
        var name = path.ToBytes();
        var split = Split(name);
        var isLongLink = link.Length > 100;
        if (split < 0 || isLongLink || size > LargestNumber || timeUnix > LargestNumber)
        {
            WriteExtension(split < 0 ? name : [], isLongLink ? link : [], size, timeUnix);
        }

        var block = NewBlock(kind == EntryKind.Link ? '2' : '0', kind == EntryKind.Executable ? 0b111_101_101 : 0b110_100_100, size, timeUnix);
        if (split > 0)
        {
            name.AsSpan(0, split).CopyTo(block[345..]);
        }

        // What does not fit is only a hint for readers that know no pax.
        var shown = name.AsSpan(split > 0 ? split + 1 : 0);
        shown[..Math.Min(100, shown.Length)].CopyTo(block);
        link[..Math.Min(100, link.Length)].CopyTo(block[157..]);
        if (kind == EntryKind.Link && !isLongLink)
        {
            LinkOffset = _length - Block + 157;
        }

        Seal(block);
        return _bytes.AsMemory(0, _length);
    }

    /// <summary>The zero bytes that follow a content of so many bytes.</summary>
    public static int Padding(long size) => (int)(-size & (Block - 1));

    /// <summary>The sum that a header block must carry: all its bytes, its own field counted as blanks.</summary>
    public static int Checksum(ReadOnlySpan<byte> block)
    {
        var sum = 8 * ' ';
        for (var i = 0; i < Block; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : block[i];
        }

        return sum;
    }

    // ustar keeps 100 bytes of name, and 155 of prefix, which ends before a '/'. 0: no prefix is needed; -1: it does not fit.
    private static int Split(ReadOnlySpan<byte> name)
    {
        if (name.Length <= 100)
        {
            return 0;
        }

        var from = name.Length - 101;
        var slash = name[from..].IndexOf((byte)'/');
        return slash >= 0 && from + slash is > 0 and <= 155 ? from + slash : -1;
    }

    private void WriteExtension(ReadOnlySpan<byte> path, ReadOnlySpan<byte> link, long size, long timeUnix)
    {
        var at = Block;
        at = Record(at, "path="u8, path);
        if (!link.IsEmpty)
        {
            at = Record(at, "linkpath="u8, link);
            LinkOffset = at - 1 - link.Length;
        }

        at = Record(at, "size="u8, size > LargestNumber ? Digits(size) : []);
        at = Record(at, "mtime="u8, timeUnix > LargestNumber ? Digits(timeUnix) : []);
        var length = at - Block;
        var block = NewBlock('x', 0b110_100_100, length, timeUnix);
        "PaxHeader"u8.CopyTo(block);
        Seal(block);
        _bytes.AsSpan(at, Padding(length)).Clear();
        _length = at + Padding(length);
    }

    // "<length> <key>=<value>\n", where the length counts its own digits.
    private int Record(int at, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return at;
        }

        var rest = 1 + key.Length + value.Length + 1;
        var total = rest + 1;
        while (rest + Digits(total).Length > total)
        {
            total++;
        }

        byte[] record = [.. Digits(total), (byte)' ', .. key, .. value, (byte)'\n'];
        record.CopyTo(_bytes.AsSpan(at));
        return at + record.Length;
    }

    private static byte[] Digits(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private Span<byte> NewBlock(char type, int mode, long size, long timeUnix)
    {
        var block = _bytes.AsSpan(_length, Block);
        _length += Block;
        block.Clear();
        Octal(block.Slice(100, 7), mode);
        Octal(block.Slice(108, 7), 0);
        Octal(block.Slice(116, 7), 0);

        // A link has its size in its target, and no content. Where a number does not fit, the extension holds it.
        Octal(block.Slice(124, 11), type == '2' || size > LargestNumber ? 0 : size);
        Octal(block.Slice(136, 11), timeUnix > LargestNumber ? 0 : timeUnix);
        block[156] = (byte)type;
        "ustar\000"u8.CopyTo(block[257..]);
        Octal(block.Slice(329, 7), 0);
        Octal(block.Slice(337, 7), 0);
        return block;
    }

    private static void Seal(Span<byte> block)
    {
        Octal(block.Slice(148, 6), Checksum(block));
        block[154] = 0;
        block[155] = (byte)' ';
    }

    private static void Octal(Span<byte> field, long number)
    {
        for (var i = field.Length - 1; i >= 0; i--)
        {
            field[i] = (byte)('0' + (number & 7));
            number >>= 3;
        }
    }
}
