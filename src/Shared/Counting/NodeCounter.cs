namespace IuCutter.Counting;

/// <summary>
/// <c>node --test</c>: the lines <c>tests 8</c> to <c>duration_ms 153.3</c>, behind <c>ℹ</c> (spec reporter) or <c>#</c> (TAP, where what
/// tests print is escaped). Cancelled tests count as errors, todo as skipped. The last whole group counts; a test that prints such a group
/// itself comes before it.
/// </summary>
public sealed class NodeCounter : TestCounter
{
    private readonly Dictionary<string, int> _group = new(StringComparer.Ordinal);
    private TestCounts? _result;
    private bool _isTap;

    public override TestCounts? Result => _result;

    protected override void Read(ReadOnlySpan<char> line)
    {
        _isTap |= line.StartsWith("TAP version ");
        if (!line.StartsWith(_isTap ? "# " : "ℹ "))
        {
            CountProgress(line.TrimStart());
            return;
        }

        var rest = line[2..];
        var space = rest.IndexOf(' ');
        if (space < 0)
        {
            return;
        }

        var word = rest[..space];
        var number = rest[(space + 1)..];
        if (word is "tests")
        {
            _group.Clear();
        }

        if (word is "tests" or "pass" or "fail" or "cancelled" or "skipped" or "todo" && !number.ContainsAnyExceptInRange('0', '9'))
        {
            _group[word.ToString()] = Number(number);
        }
        else if (word is "duration_ms" && _group.Count == 6)
        {
            _result = new TestCounts(_group["tests"], _group["pass"], _group["fail"], _group["cancelled"], _group["skipped"] + _group["todo"]);
        }
    }

    private void CountProgress(ReadOnlySpan<char> line)
    {
        var isPoint = _isTap ? line.StartsWith("ok ") || line.StartsWith("not ok ") : line is ['✔' or '✖' or '﹣', ' ', ..];
        SoFar += isPoint ? 1 : 0;
    }
}
