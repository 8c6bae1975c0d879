using System.Buffers.Text;
using System.Text;

namespace IuCutter.Manifests;

/// <summary>Walks a manifest's lines and knows the number of the one at hand.</summary>
internal ref struct ManifestLines(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    private readonly int _length = text.Length;

    public int Number { get; private set; }

    /// <summary>How many bytes stand before the next line.</summary>
    public readonly int Offset => _length - _rest.Length;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>The next line without its LF, which it must have.</summary>
    public ReadOnlySpan<byte> Next()
    {
        Number++;
        var end = _rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw Error(_rest.IsEmpty ? "the text ends" : "the last line has no LF", "a whole line");
        }

        var line = _rest[..end];
        _rest = _rest[(end + 1)..];
        return line;
    }

    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> name)
    {
        var line = Next();
        return line.StartsWith(name)
            ? line[name.Length..]
            : throw Error("another field", $"'{Encoding.ASCII.GetString(name).TrimEnd()}'");
    }

    public bool TrySkip(ReadOnlySpan<byte> wholeLine)
    {
        if (!_rest.StartsWith(wholeLine))
        {
            return false;
        }

        _rest = _rest[wholeLine.Length..];
        Number++;
        return true;
    }

    /// <summary>Digits only, no sign, no leading zero: one number has one spelling.</summary>
    public readonly long Number64(ReadOnlySpan<byte> digits, string want)
    {
        var plain = digits is [(byte)'0'] or [>= (byte)'1' and <= (byte)'9', ..];
        return plain && Utf8Parser.TryParse(digits, out long value, out var used) && used == digits.Length
            ? value
            : throw Error("no plain number", want);
    }

    public readonly ManifestException Error(string what, string want) => new(Number, what, want);
}
