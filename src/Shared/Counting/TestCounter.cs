using System.Globalization;

namespace IuCutter.Counting;

/// <summary>
/// Reads a test run's output line by line and finds its summary, in memory that does not grow with the output. What a test prints can
/// imitate a summary; each counter says how far it sees through that. Counts are therefore one observation beside the exit code, never
/// a proof alone, and where no summary was seen there are none: not zero.
/// </summary>
public abstract class TestCounter
{
    /// <summary>The longest line that is looked at; of a longer one, its beginning.</summary>
    public const int LongestLine = 8192;

    private readonly char[] _plain = new char[LongestLine];

    /// <summary>Null when the output holds no summary. Read it when the run has ended.</summary>
    public abstract TestCounts? Result { get; }

    /// <summary>How many tests have ended by now, as far as the output tells; for progress only.</summary>
    public int SoFar { get; protected set; }

    /// <summary>Takes one line without its line feed. Colours, carriage returns and what a progress display has overwritten are cut off.</summary>
    public void Line(ReadOnlySpan<char> line)
    {
        line = line[..Math.Min(line.Length, LongestLine)].TrimEnd('\r');
        line = line[(line.LastIndexOf('\r') + 1)..];
        Read(line.Contains('\e') ? Plain(line) : line);
    }

    protected abstract void Read(ReadOnlySpan<char> line);

    private protected static int Number(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 100_000_000) : 0;

    // ECMA-48: ESC [ parameters final, ESC ] text BEL or ESC \, and ESC with one character.
    private ReadOnlySpan<char> Plain(ReadOnlySpan<char> line)
    {
        var length = 0;
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] != '\e')
            {
                _plain[length++] = line[index];
                continue;
            }

            var rest = line[(index + 1)..];
            index += rest switch
            {
                ['[', ..] => 1 + Until(rest[1..], static c => c is >= '@' and <= '~'),
                [']', ..] => 1 + Until(rest[1..], static c => c is '\a' or '\\'),
                [] => 0,
                _ => 1,
            };
        }

        return _plain.AsSpan(0, length);
    }

    private static int Until(ReadOnlySpan<char> text, Func<char, bool> isLast)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (isLast(text[index]))
            {
                return index + 1;
            }
        }

        return text.Length;
    }
}
