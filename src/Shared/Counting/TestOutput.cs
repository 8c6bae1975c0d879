using System.Text;

namespace IuCutter.Counting;

/// <summary>Cuts a child's output bytes into lines for a counter. Bytes that are no UTF-8 become U+FFFD; an endless line is cut, not kept.</summary>
public sealed class TestOutput(TestCounter counter)
{
    private readonly byte[] _line = new byte[TestCounter.LongestLine];
    private readonly char[] _text = new char[TestCounter.LongestLine];
    private int _length;

    public TestCounter Counter { get; } = counter;

    public void Write(ReadOnlySpan<byte> output)
    {
        for (var end = output.IndexOf((byte)'\n'); end >= 0; end = output.IndexOf((byte)'\n'))
        {
            Keep(output[..end]);
            EndLine();
            output = output[(end + 1)..];
        }

        Keep(output);
    }

    /// <summary>Takes the last line, which need not end in a line feed.</summary>
    public void Complete()
    {
        if (_length > 0)
        {
            EndLine();
        }
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        var kept = Math.Min(piece.Length, _line.Length - _length);
        piece[..kept].CopyTo(_line.AsSpan(_length));
        _length += kept;
    }

    private void EndLine()
    {
        Counter.Line(_text.AsSpan(0, Encoding.UTF8.GetChars(_line.AsSpan(0, _length), _text)));
        _length = 0;
    }
}
