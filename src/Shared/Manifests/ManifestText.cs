using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>Reads and writes a manifest's canonical bytes; the grammar stands at <see cref="Manifest"/>.</summary>
internal static class ManifestText
{
    private const int DigestLength = Sha256Digest.Bytes * 2;

    // Digest, size, mode, path of one byte, three blanks and the LF: fewer bytes make no entry, so a claimed count is checked before it is believed.
    private const int ShortestLine = DigestLength + 1 + 3 + 1 + 3 + 1;

    private static ReadOnlySpan<byte> Escapes => "\\\n\r"u8;

    public static byte[] Write(ManifestHeader header, ManifestEntryList entries)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"iucutter-manifest 1\nname {header.Name}\ncommit {header.Commit}\ntree {header.Tree}\ncommitted {header.CommitTimeUnix}\n{(header.ExportAttributes ? "export-attributes on\n" : "")}entries {entries.Count}\nbytes {entries.ContentBytes}\n\n");
        var text = FreshPages.Array<byte>(checked((int)(head.Length + entries.TextLength)));
        entries.CopyTo(text.AsSpan(Encoding.Latin1.GetBytes(head, text)));
        return text;
    }

    /// <summary>Every rule of the grammar and of <see cref="ManifestRules"/> holds for what is returned.</summary>
    public static ManifestTable Read(ReadOnlyMemory<byte> text, out ManifestHeader header, out long contentBytes)
    {
        var lines = new ManifestLines(text.Span);
        header = ReadHeader(ref lines, out var count, out var said);
        ManifestRules.Check(header);
        if (count > text.Length / ShortestLine)
        {
            throw new ManifestException(header.Lines - 2, $"{count} entries in {text.Length} bytes", "the number of lines that follow");
        }

        var table = ReadEntries(text, ref lines, (int)count, out contentBytes);
        if (!lines.AtEnd)
        {
            throw new ManifestException(lines.Number + 1, "more text", $"the end after {count} entries");
        }

        return contentBytes == said
            ? table
            : throw new ManifestException(header.Lines - 1, $"bytes {said}", $"the sum of the entries' sizes, {contentBytes}");
    }

    /// <summary>The rules hold for what is returned, as far as it can be told without the entries.</summary>
    public static ManifestHeader ReadHeader(ReadOnlySpan<byte> text, out long entries, out long contentBytes)
    {
        var lines = new ManifestLines(text);
        var header = ReadHeader(ref lines, out entries, out contentBytes);
        ManifestRules.Check(header);
        return header;
    }

    /// <summary>Null where the text does not begin with a mode; else what follows the mode is the path, escaped.</summary>
    public static EntryKind? Kind(ReadOnlySpan<byte> modeAndPath, out ReadOnlySpan<byte> escapedPath)
    {
        EntryKind? kind = modeAndPath switch
        {
            [(byte)'6', (byte)'4', (byte)'4', (byte)' ', ..] => EntryKind.File,
            [(byte)'7', (byte)'5', (byte)'5', (byte)' ', ..] => EntryKind.Executable,
            [(byte)'l', (byte)'i', (byte)'n', (byte)'k', (byte)' ', ..] => EntryKind.Link,
            _ => null,
        };
        escapedPath = kind is null ? [] : modeAndPath[(kind == EntryKind.Link ? 5 : 4)..];
        return kind;
    }

    /// <summary>Of an entry that was read before, by what stands before its path.</summary>
    public static EntryKind KindBefore(ReadOnlySpan<byte> text) => text[^2] switch
    {
        (byte)'4' => EntryKind.File,
        (byte)'5' => EntryKind.Executable,
        _ => EntryKind.Link,
    };

    /// <summary>Of a path that was found well escaped before.</summary>
    public static TreePath Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\'))
        {
            return TreePath.FromBytes(escaped);
        }

        var path = new byte[escaped.Length];
        return TreePath.FromBytes(path.AsSpan(0, Unescape(escaped, path)));
    }

    /// <summary>Orders the escaped path at a text's beginning, up to its LF, and a plain one by their bytes.</summary>
    public static int CompareBegin(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> plain)
    {
        // What begins alike ends before the LF and before any escape, where the plain one has no such byte.
        var at = plain.IndexOfAny((byte)'\\', (byte)'\n') < 0 ? escaped.CommonPrefixLength(plain) : 0;
        for (var i = at; escaped[i] != '\n'; i++, at++)
        {
            var value = escaped[i] == '\\' ? Escaped(escaped[++i]) : escaped[i];
            if (at == plain.Length || value != plain[at])
            {
                return at == plain.Length || value > plain[at] ? 1 : -1;
            }
        }

        return at == plain.Length ? 0 : -1;
    }

    internal static void WriteDigest(ArrayBufferWriter<byte> output, Sha256Digest digest)
    {
        WriteDigest(output.GetSpan(DigestLength), digest);
        output.Advance(DigestLength);
    }

    private static void WriteDigest(Span<byte> output, Sha256Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Sha256Digest.Bytes];
        digest.CopyTo(bytes);
        LowerHex.Write(bytes, output);
    }

    private static int WriteEscaped(Span<byte> output, ReadOnlySpan<byte> path)
    {
        var length = 0;
        for (int plain; (plain = path.IndexOfAny(Escapes)) >= 0; path = path[(plain + 1)..])
        {
            path[..plain].CopyTo(output[length..]);
            length += plain;
            output[length++] = (byte)'\\';
            output[length++] = path[plain] switch { (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', _ => (byte)'\\' };
        }

        path.CopyTo(output[length..]);
        return length + path.Length;
    }

    internal static int LengthOf(ReadOnlySpan<byte> path, EntryKind kind, long size)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(size, digits, out var sizeLength);
        var escapes = path.IndexOfAny(Escapes) < 0 ? 0 : path.Count((byte)'\\') + path.Count((byte)'\n') + path.Count((byte)'\r');
        return DigestLength + 1 + sizeLength + ModeOf(kind).Length + path.Length + escapes + 1;
    }

    private static ReadOnlySpan<byte> ModeOf(EntryKind kind) => kind switch
    {
        EntryKind.File => " 644 "u8,
        EntryKind.Executable => " 755 "u8,
        EntryKind.Link => " link "u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    internal static void WriteEntry(Span<byte> output, ReadOnlySpan<byte> path, EntryKind kind, ManifestContent content)
    {
        WriteDigest(output, content.Digest);
        output[DigestLength] = (byte)' ';
        Utf8Formatter.TryFormat(content.Size, output[(DigestLength + 1)..], out var digits);
        var length = DigestLength + 1 + digits;
        ModeOf(kind).CopyTo(output[length..]);
        length += ModeOf(kind).Length;
        length += WriteEscaped(output[length..], path);
        output[length] = (byte)'\n';
    }

    private static ManifestHeader ReadHeader(ref ManifestLines lines, out long count, out long contentBytes)
    {
        if (!lines.Next().SequenceEqual("iucutter-manifest 1"u8))
        {
            throw lines.Error("another first line", "'iucutter-manifest 1'");
        }

        var name = Encoding.Latin1.GetString(lines.Field("name "u8));
        var commit = Encoding.Latin1.GetString(lines.Field("commit "u8));
        var tree = Encoding.Latin1.GetString(lines.Field("tree "u8));
        var committed = lines.Number64(lines.Field("committed "u8), "a commit time");
        var exported = lines.TrySkip("export-attributes on\n"u8);
        count = lines.Number64(lines.Field("entries "u8), "a number of entries");
        contentBytes = lines.Number64(lines.Field("bytes "u8), "a number of bytes");
        return lines.Next().IsEmpty
            ? new ManifestHeader(name, commit, tree, committed, exported)
            : throw lines.Error("more header", "an empty line before the entries");
    }

    private static ManifestTable ReadEntries(ReadOnlyMemory<byte> text, ref ManifestLines lines, int count, out long contentBytes)
    {
        var (places, contentOf, contents) = (FreshPages.Array<int>(count), FreshPages.Array<int>(count), FreshPages.Array<ManifestContent>(count));
        var numbers = new ContentNumbers(contents);
        var paths = new PathOrder();
        Span<byte> path = stackalloc byte[PathOrder.LongestEscaped];
        contentBytes = 0;
        for (var i = 0; i < count; i++)
        {
            var (digest, size, kind, escapedLength) = ReadEntry(ref lines, path, out var length);
            places[i] = lines.Offset - 1 - escapedLength;
            ManifestRules.Check(ref lines, kind, size, path[..length], ref paths);
            contentBytes = size <= long.MaxValue - contentBytes
                ? contentBytes + size
                : throw lines.Error("the sizes add up to more than 2^63 bytes", "a release that fits a disk");
            var number = numbers.NumberOf(digest, size);
            if (contents[number].Size != size)
            {
                throw lines.Error($"content {digest.Short} has {size} bytes here and {contents[number].Size} above", "one size a content");
            }

            contentOf[i] = number;
        }

        Array.Resize(ref contents, numbers.Count);
        return new ManifestTable(text, places, contentOf, contents);
    }

    private static (Sha256Digest Digest, long Size, EntryKind Kind, int EscapedLength) ReadEntry(ref ManifestLines lines, scoped Span<byte> path, out int pathLength)
    {
        var line = lines.Next();
        if (line.Length < DigestLength + 2 || line[DigestLength] != ' ' || !Sha256Digest.TryParse(line[..DigestLength], out var digest))
        {
            throw lines.Error("no sha256 at the line's start", "'<sha256> <size> <mode> <path>'");
        }

        line = line[(DigestLength + 1)..];
        var blank = line.IndexOf((byte)' ');
        var size = lines.Number64(blank < 0 ? line : line[..blank], "a size in bytes");
        var kind = Kind(line[(blank + 1)..], out var escaped) ?? throw lines.Error("an unknown mode", "644, 755 or link");
        if (escaped.Length > path.Length)
        {
            throw lines.Error($"a path of {escaped.Length} bytes", "at most 4095");
        }

        pathLength = Unescape(escaped, path);
        return pathLength >= 0 ? (digest, size, kind, escaped.Length) : throw lines.Error("a wrong escape in the path", @"\\, \n or \r");
    }

    /// <summary>How many bytes came out; -1 where the escapes are not the only ones that could be.</summary>
    private static int Unescape(ReadOnlySpan<byte> escaped, scoped Span<byte> path)
    {
        if (!escaped.ContainsAny("\\\r"u8))
        {
            escaped.CopyTo(path);
            return escaped.Length;
        }

        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            var value = escaped[i];
            if (value == '\r' || (value == '\\' && (++i == escaped.Length || escaped[i] is not ((byte)'\\' or (byte)'n' or (byte)'r'))))
            {
                return -1;
            }

            path[length++] = value == '\\' ? Escaped(escaped[i]) : value;
        }

        return length;
    }

    private static byte Escaped(byte letter) => letter switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', _ => letter };
}
