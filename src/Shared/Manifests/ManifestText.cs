using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>Reads and writes a manifest's canonical bytes; the grammar stands at <see cref="Manifest"/>.</summary>
internal static class ManifestText
{
    // Digest, size, mode, path of one byte, three blanks and the LF: fewer bytes make no entry, so a claimed count is checked before it is believed.
    private const int ShortestLine = 64 + 1 + 3 + 1 + 3 + 1;

    public static ReadOnlyMemory<byte> Write(ManifestHeader header, ManifestEntry[] entries, long contentBytes)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"iucutter-manifest 1\nname {header.Name}\ncommit {header.Commit}\ntree {header.Tree}\ncommitted {header.CommitTimeUnix}\n{(header.ExportAttributes ? "export-attributes on\n" : "")}entries {entries.Length}\nbytes {contentBytes}\n\n");
        var output = new ArrayBufferWriter<byte>(head.Length + (entries.Length * 160));
        Encoding.ASCII.GetBytes(head, output);
        foreach (var entry in entries)
        {
            WriteEntry(output, entry);
        }

        return output.WrittenMemory;
    }

    public static ManifestEntry[] Read(ReadOnlySpan<byte> text, out ManifestHeader header)
    {
        var lines = new ManifestLines(text);
        header = ReadHeader(ref lines, out var count, out var contentBytes);
        if (count > text.Length / ShortestLine)
        {
            throw new ManifestException(header.Lines - 2, $"{count} entries in {text.Length} bytes", "the number of lines that follow");
        }

        var entries = new ManifestEntry[count];
        long sum = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = ReadEntry(ref lines);

            // A sum that overflows is told apart later, by name; here it merely differs.
            sum = unchecked(sum + entries[i].Size);
        }

        if (!lines.AtEnd)
        {
            throw new ManifestException(lines.Number + 1, "more text", $"the end after {count} entries");
        }

        return sum == contentBytes
            ? entries
            : throw new ManifestException(header.Lines - 1, $"bytes {contentBytes}", $"the sum of the entries' sizes, {sum}");
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

    private static ManifestEntry ReadEntry(ref ManifestLines lines)
    {
        var line = lines.Next();
        if (line.Length < 66 || line[64] != ' ' || !Sha256Digest.TryParse(line[..64], out var digest))
        {
            throw lines.Error("no sha256 at the line's start", "'<sha256> <size> <mode> <path>'");
        }

        line = line[65..];
        var blank = line.IndexOf((byte)' ');
        var size = lines.Number64(blank < 0 ? line : line[..blank], "a size in bytes");
        line = line[(blank + 1)..];
        var kind = line switch
        {
            [(byte)'6', (byte)'4', (byte)'4', (byte)' ', ..] => EntryKind.File,
            [(byte)'7', (byte)'5', (byte)'5', (byte)' ', ..] => EntryKind.Executable,
            [(byte)'l', (byte)'i', (byte)'n', (byte)'k', (byte)' ', ..] => EntryKind.Link,
            _ => throw lines.Error("an unknown mode", "644, 755 or link"),
        };
        return new ManifestEntry(ReadPath(ref lines, line[(kind == EntryKind.Link ? 5 : 4)..]), kind, size, digest);
    }

    private static TreePath ReadPath(ref ManifestLines lines, ReadOnlySpan<byte> escaped)
    {
        if (!escaped.ContainsAny("\\\r"u8))
        {
            return TreePath.FromBytes(escaped);
        }

        var path = new byte[escaped.Length];
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            path[length++] = (escaped[i], i + 1 < escaped.Length ? escaped[i + 1] : (byte)0) switch
            {
                ((byte)'\\', (byte)'\\') => escaped[++i],
                ((byte)'\\', (byte)'n') => Skip(ref i, (byte)'\n'),
                ((byte)'\\', (byte)'r') => Skip(ref i, (byte)'\r'),
                ((byte)'\\' or (byte)'\r', _) => throw lines.Error("a wrong escape in the path", @"\\, \n or \r"),
                (var other, _) => other,
            };
        }

        return TreePath.FromBytes(path.AsSpan(0, length));
    }

    private static byte Skip(ref int index, byte value)
    {
        index++;
        return value;
    }

    private static void WriteEntry(ArrayBufferWriter<byte> output, ManifestEntry entry)
    {
        WriteDigest(output, entry.Content);
        var span = output.GetSpan(32);
        span[0] = (byte)' ';
        Utf8Formatter.TryFormat(entry.Size, span[1..], out var digits);
        output.Advance(digits + 1);
        output.Write(entry.Kind switch
        {
            EntryKind.File => " 644 "u8,
            EntryKind.Executable => " 755 "u8,
            EntryKind.Link => " link "u8,
        });
        WriteEscaped(output, entry.Path);
        output.Write("\n"u8);
    }

    internal static void WriteDigest(ArrayBufferWriter<byte> output, Sha256Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Sha256Digest.Bytes];
        digest.CopyTo(bytes);
        Convert.TryToHexStringLower(bytes, output.GetSpan(64), out _);
        output.Advance(64);
    }

    /// <summary>Escapes as coreutils does, without the mark that sha256sum sets before such a line. True where something was escaped.</summary>
    internal static bool WriteEscaped(ArrayBufferWriter<byte> output, TreePath path)
    {
        var raw = path.Raw;
        var span = output.GetSpan(raw.Length * 2);
        var length = 0;
        foreach (var c in raw)
        {
            if (c is '\\' or '\n' or '\r')
            {
                span[length++] = (byte)'\\';
                span[length++] = c switch { '\n' => (byte)'n', '\r' => (byte)'r', _ => (byte)'\\' };
            }
            else
            {
                span[length++] = (byte)c;
            }
        }

        output.Advance(length);
        return length != raw.Length;
    }
}
