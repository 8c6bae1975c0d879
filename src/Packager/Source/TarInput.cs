using System.Globalization;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// Reads the tar dialect that we and <c>git archive</c> write (ustar with pax path, linkpath, size, mtime) and nothing else. No length is believed
/// beyond a fixed bound. What it lets pass need not be canonical: <see cref="ArtifactReader"/> compares that to the byte.
/// </summary>
/// <remarks>Every fault is ARTIFACT_MALFORMED and names the offset of the block.</remarks>
internal sealed class TarInput(Stream stream)
{
    private readonly ByteFeed _feed = new(stream);
    private readonly List<byte> _raw = [];
    private long _offset;
    private long _remaining;
    private int _padding;

    /// <summary>Bytes read so far.</summary>
    public long Offset => _offset;

    /// <summary>The next file, link or folder; null after the end marker's first block.</summary>
    public async ValueTask<TarEntry?> NextAsync(CancellationToken cancellation)
    {
        _raw.Clear();
        var extension = new TarExtension();
        while (true)
        {
            var block = await TakeAsync(TarHeader.Block, cancellation);
            if (!block.Span.ContainsAnyExcept((byte)0))
            {
                return _raw.Count == 0 ? null : throw Malformed("an extension with no entry");
            }

            _raw.AddRange(block.Span);
            if (Number(block.Span.Slice(148, 8)) != TarHeader.Checksum(block.Span) || !block.Span.Slice(257, 5).SequenceEqual("ustar"u8))
            {
                throw Malformed("no ustar header with a right checksum");
            }

            var type = (char)block.Span[156];
            var size = Number(block.Span.Slice(124, 12));
            if (type is not ('x' or 'g'))
            {
                return Begin(block.Span, type, size, extension);
            }

            var records = await ExtensionAsync(size, cancellation);
            if (type == 'x')
            {
                extension = TarExtension.Read(records) ?? throw Malformed("an unknown or damaged pax record");
            }
            else
            {
                // git archive's comment that names the commit.
                _raw.Clear();
            }
        }
    }

    /// <summary>The content's next piece, whole where it fits <see cref="ByteFeed.Capacity"/>; empty at its end, where the padding was skipped and was zero.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        if (_remaining > 0)
        {
            var piece = await _feed.PieceAsync(_remaining, cancellation);
            _remaining -= piece.Length;
            _offset += piece.Length;
            return piece.Length > 0 ? piece : throw Malformed("the end inside a content");
        }

        var padding = _padding;
        _padding = 0;
        return padding == 0 || !(await TakeAsync(padding, cancellation)).Span.ContainsAnyExcept((byte)0)
            ? ReadOnlyMemory<byte>.Empty
            : throw Malformed("padding that is not zero");
    }

    /// <summary>After the end marker's first block: one more, and nothing after it unless <paramref name="mayPad"/>, which git does.</summary>
    public async ValueTask EndAsync(bool mayPad, CancellationToken cancellation)
    {
        var blocks = 0;
        while (await _feed.ExactlyAsync(TarHeader.Block, cancellation) is { } block)
        {
            _offset += block.Length;
            if (block.Span.ContainsAnyExcept((byte)0) || (++blocks > 1 && !mayPad))
            {
                throw Malformed("more after the end marker");
            }
        }

        if (blocks == 0 || !_feed.IsAtEnd)
        {
            throw Malformed("half an end marker");
        }
    }

    public SourceException Malformed(string what) => new(
        SourceCodes.ArtifactMalformed,
        string.Create(CultureInfo.InvariantCulture, $"The archive is not one that IuCutter writes: before byte {_offset} there is {what}."),
        "Pack the commit again.");

    private TarEntry Begin(ReadOnlySpan<byte> block, char type, long size, TarExtension extension)
    {
        EntryKind? kind = type switch
        {
            '0' => (Number(block.Slice(100, 8)) & 0b001_000_000) != 0 ? EntryKind.Executable : EntryKind.File,
            '2' => EntryKind.Link,
            '5' => null,
            _ => throw Malformed("an entry that is no file, link or folder"),
        };
        var name = Text(block[..100]);
        var prefix = Text(block.Slice(345, 155));
        var path = extension.Path ?? (prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name]);
        path = kind == null && path is [.. var folder, (byte)'/'] ? folder : path;
        if (TreePath.Refusal(path) is { } why)
        {
            throw Malformed($"the path '{TreePath.FromBytes(path)}': {why}");
        }

        size = extension.Size ?? size;
        if (size < 0 || (kind is null or EntryKind.Link && size != 0))
        {
            throw Malformed("a size that cannot be");
        }

        _remaining = size;
        _padding = TarHeader.Padding(size);
        var link = kind == EntryKind.Link ? extension.Link ?? Text(block.Slice(157, 100)).ToArray() : [];
        return new TarEntry(TreePath.FromBytes(path), kind, size, link, extension.TimeUnix ?? Number(block.Slice(136, 12)), [.. _raw]);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ExtensionAsync(long size, CancellationToken cancellation)
    {
        if (size is <= 0 or > TarHeader.LargestExtension)
        {
            throw Malformed($"a pax header of {size} bytes");
        }

        var whole = await TakeAsync((int)size + TarHeader.Padding(size), cancellation);
        _raw.AddRange(whole.Span);
        return whole[..(int)size];
    }

    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(int count, CancellationToken cancellation)
    {
        var bytes = await _feed.ExactlyAsync(count, cancellation) ?? throw Malformed("the end too early");
        _offset += count;
        return bytes;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field) => field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field;

    // Octal digits ended by NUL or blank; -1 for anything else, base-256 among it.
    private static long Number(ReadOnlySpan<byte> field)
    {
        field = field.TrimEnd("\0 "u8);
        return !field.IsEmpty && !field.ContainsAnyExceptInRange((byte)'0', (byte)'7') ? Octal(field) : -1;
    }

    private static long Octal(ReadOnlySpan<byte> digits)
    {
        long number = 0;
        foreach (var digit in digits)
        {
            number = (number << 3) | (uint)(digit - '0');
        }

        return number;
    }
}
