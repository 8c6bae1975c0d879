using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Scan;

/// <summary>
/// One scan under way. A file's bytes may come in pieces of any size: the end of each is kept, so that what spans two pieces is found.
/// </summary>
public sealed class FileScan
{
    // How far beyond its mark, and before it, a rule may look.
    private const int Ahead = 4096;
    private const int Behind = 32;
    private const int Window = 64 * 1024;
    private const int KeptHits = 1000;

    private readonly ContentScan _scan;
    private readonly List<ScanHit> _hits = [];
    private readonly int _ahead;
    private readonly char[] _text;
    private TreePath _path;
    private int _length;
    private int _next;
    private long _line;
    private int _counted;
    private long _lastHitLine;
    private string? _lastHitRule;
    private int _count;
    private int _files;
    private long _bytes;

    internal FileScan(ContentScan scan)
    {
        _scan = scan;
        _ahead = Math.Max(Ahead, scan.LongestText);
        _text = new char[Window + _ahead + Behind];
    }

    /// <summary>What was found in all files closed so far, in the order of their paths, whatever the order they came in.</summary>
    public ScanFindings Findings => new([.. _hits.OrderBy(hit => hit.Path)], _count, _files, _bytes);

    public void Open(TreePath path)
    {
        _path = path;
        (_length, _next, _counted, _line, _lastHitLine, _lastHitRule) = (0, 0, 0, 1, 0, null);
        _files++;
        if (_scan.BrokenByPath(path) is { } rule)
        {
            Add(rule, 0);
        }
    }

    public void Feed(ReadOnlySpan<byte> content)
    {
        _bytes += content.Length;
        while (!content.IsEmpty)
        {
            var take = Math.Min(content.Length, _text.Length - _length);
            Encoding.Latin1.GetChars(content[..take], _text.AsSpan(_length));
            _length += take;
            content = content[take..];
            if (_length == _text.Length)
            {
                Search(_length - _ahead);
                Slide();
            }
        }
    }

    public void Close() => Search(_length);

    // Looks at every mark that begins before the limit; those after it wait until what follows them is there.
    private void Search(int limit)
    {
        while (_next < limit)
        {
            var found = _text.AsSpan(_next, _length - _next).IndexOfAny(_scan.Marks);
            if (found < 0 || _next + found >= limit)
            {
                break;
            }

            var at = _next + found;
            _next = at + 1;
            var text = new ReadOnlySpan<char>(_text, 0, _length);
            if (TextRules.Broken(text, at) is { } rule)
            {
                Report(rule, rule, at);
            }

            for (var i = 0; i < _scan.Texts.Length; i++)
            {
                if (text[at..].StartsWith(_scan.Texts[i], StringComparison.Ordinal))
                {
                    Report($"{ScanRule.ForbiddenText}#{i + 1}", ScanRule.ForbiddenText, at);
                }
            }
        }

        _next = Math.Max(_next, limit);
    }

    private void Slide()
    {
        CountLines(_next);
        var from = _next - Behind;
        _text.AsSpan(from, _length - from).CopyTo(_text);
        _length -= from;
        _next = Behind;
        _counted = Behind;
    }

    private void CountLines(int to)
    {
        _line += _text.AsSpan(_counted, to - _counted).Count('\n');
        _counted = to;
    }

    private void Report(string rule, string allowedRule, int at)
    {
        CountLines(at);
        if ((_line != _lastHitLine || rule != _lastHitRule) && !_scan.IsAllowed(_path, allowedRule))
        {
            (_lastHitLine, _lastHitRule) = (_line, rule);
            Add(rule, _line);
        }
    }

    private void Add(string rule, long line)
    {
        if (_count++ < KeptHits)
        {
            _hits.Add(new ScanHit(_path, rule, line));
        }
    }
}
