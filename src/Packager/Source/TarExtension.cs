using System.Buffers.Text;

namespace IuCutter.Packager.Source;

/// <summary>The pax records that one entry may carry.</summary>
internal sealed record TarExtension
{
    public byte[]? Path { get; private init; }

    public byte[]? Link { get; private init; }

    public long? Size { get; private init; }

    public long? TimeUnix { get; private init; }

    /// <summary>Null where a record is damaged, unknown or there twice.</summary>
    public static TarExtension? Read(ReadOnlyMemory<byte> bytes)
    {
        TarExtension? extension = new();
        for (var records = bytes.Span; !records.IsEmpty && extension != null;)
        {
            if (!Utf8Parser.TryParse(records, out int length, out var digits) || length <= digits + 1 || length > records.Length
                || records[digits] != ' ' || records[length - 1] != '\n')
            {
                return null;
            }

            extension = extension.With(records[(digits + 1)..(length - 1)]);
            records = records[length..];
        }

        return extension;
    }

    private TarExtension? With(ReadOnlySpan<byte> record)
    {
        var sign = record.IndexOf((byte)'=');
        var value = record[(sign + 1)..];
        return record[..Math.Max(sign, 0)] switch
        {
            var key when key.SequenceEqual("path"u8) && Path == null => this with { Path = value.ToArray() },
            var key when key.SequenceEqual("linkpath"u8) && Link == null => this with { Link = value.ToArray() },
            var key when key.SequenceEqual("size"u8) && Size == null && Number(value) is { } size => this with { Size = size },
            var key when key.SequenceEqual("mtime"u8) && TimeUnix == null && Number(value) is { } time => this with { TimeUnix = time },
            _ => null,
        };
    }

    private static long? Number(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out long number, out var used) && used == digits.Length && number >= 0 ? number : null;
}
