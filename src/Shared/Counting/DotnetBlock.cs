using System.Globalization;

namespace IuCutter.Counting;

/// <summary>A summary of several lines, the total first and lines for 0 sometimes left out. Blocks add up, one an assembly.</summary>
internal sealed class DotnetBlock(string total, string passed, string failed, string skipped)
{
    private TestCounts _closed;
    private TestCounts? _open;

    public TestCounts? Sum => _open is { } open ? _closed + open : null;

    /// <summary>False when the line belongs to no block.</summary>
    public bool Take(ReadOnlySpan<char> line)
    {
        if (Value(line, total) is { } all)
        {
            _closed = Sum ?? default;
            _open = new TestCounts(all, 0, 0, 0, 0);
            return true;
        }

        if (_open is not { } open)
        {
            return false;
        }

        if (Value(line, passed) is { } good)
        {
            _open = open with { Passed = good };
        }
        else if (Value(line, failed) is { } bad)
        {
            _open = open with { Failed = bad };
        }
        else if (Value(line, skipped) is { } left)
        {
            _open = open with { Skipped = left };
        }
        else
        {
            return false;
        }

        return true;
    }

    private static int? Value(ReadOnlySpan<char> line, string label) =>
        line.StartsWith(label, StringComparison.Ordinal)
        && int.TryParse(line[label.Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
