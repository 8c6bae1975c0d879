using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IuCutter.Configuration.Yaml;

/// <summary>
/// Reads one YAML document into nodes that know their place. Only plain data is taken: no anchors and aliases (a few lines of them
/// unfold to gigabytes), no tags, no directives, no second document, each key once, at most <see cref="MostDepth"/> levels.
/// </summary>
internal sealed class YamlTree
{
    public const int MostDepth = 20;

    private readonly ProblemList _problems;
    private readonly IParser _parser;

    private YamlTree(IParser parser, ProblemList problems)
    {
        _parser = parser;
        _problems = problems;
    }

    /// <summary>Null when nothing could be read at all; the problems say why.</summary>
    public static YamlNode? Read(string text, ProblemList problems)
    {
        try
        {
            return new YamlTree(new Parser(new StringReader(text)), problems).Document();
        }
        catch (YamlException wrong)
        {
            problems.Add(Explain(text, wrong));
            return null;
        }
        catch (InvalidOperationException wrong)
        {
            // The parser's answer to a stray end of document ("...").
            problems.Add(1, 1, "", $"not YAML: {Quoted.Plain(wrong.Message)}");
            return null;
        }
    }

    // The parser's own word for a tab is the start of the mapping around it, which is often lines away.
    private static ConfigurationProblem Explain(string text, YamlException wrong)
    {
        var lines = text.Split('\n');
        var last = Math.Min(lines.Length, (int)wrong.End.Line + 1);
        for (var line = Math.Max(1, (int)wrong.Start.Line - 1); line <= last; line++)
        {
            var column = lines[line - 1].AsSpan().IndexOfAnyExcept(' ') + 1;
            if (column > 0 && lines[line - 1][column - 1] == '\t')
            {
                return new ConfigurationProblem(line, column, "", "not YAML: indented with a tab; YAML wants spaces");
            }
        }

        return new ConfigurationProblem((int)wrong.Start.Line, (int)wrong.Start.Column, "", $"not YAML: {Quoted.Plain(wrong.Message)}");
    }

    private YamlNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            _problems.Add(1, 1, "", "the file is empty; wanted keys such as `name: my-service` (or no file: then all is default)");
            return null;
        }

        var start = _parser.Consume<DocumentStart>();
        if (start.Version is not null || start.Tags?.Any(tag => tag.Handle is not ("!" or "!!")) is true)
        {
            Refuse(start, "", "directives (%YAML, %TAG) are not read; take the line out");
        }

        var root = Node("", 1);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            Refuse(second, "", "a second document begins here; wanted one document in the file");
            return root;
        }

        _parser.Consume<StreamEnd>();
        return root;
    }

    private YamlNode? Node(string path, int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            Refuse(alias, path, $"aliases are not read; write the value of *{Quoted.Plain(alias.Value.Value)} out");
            return null;
        }

        RefuseDecorations(path);
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return ToScalar(scalar);
        }

        if (depth > MostDepth)
        {
            // Ends the reading at once: the parser needs more than a minute for 256 KiB of brackets.
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"nested deeper than {MostDepth} levels");
        }

        return _parser.TryConsume<SequenceStart>(out var sequence) ? Items(sequence, path, depth) : Entries(path, depth);
    }

    private void RefuseDecorations(string path)
    {
        if (_parser.Current is not NodeEvent node)
        {
            return;
        }

        if (!node.Anchor.IsEmpty)
        {
            Refuse(node, path, $"anchors are not read; take &{Quoted.Plain(node.Anchor.Value)} out");
        }

        if (!node.Tag.IsEmpty)
        {
            Refuse(node, path, $"tags are not read; take {Quoted.Plain(node.Tag.ToString())} out");
        }
    }

    private YamlNode.Sequence Items(SequenceStart start, string path, int depth)
    {
        var items = new List<YamlNode>();
        for (var index = 0; !_parser.TryConsume<SequenceEnd>(out _); index++)
        {
            if (Node($"{path}[{index}]", depth + 1) is { } item)
            {
                items.Add(item);
            }
        }

        return new YamlNode.Sequence(items, Line(start), Column(start));
    }

    private YamlNode.Mapping Entries(string path, int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = _parser.Current!;
            var key = Node(path, depth + 1) as YamlNode.Scalar;
            var child = path.Length == 0 ? Quoted.Plain(key?.Text ?? "?") : $"{path}.{Quoted.Plain(key?.Text ?? "?")}";
            var value = Node(child, depth + 1);
            if (key is null)
            {
                Refuse(at, path, "a key must be a word");
            }
            else if (!first.TryAdd(key.Text, key.Line))
            {
                _problems.Add(key.Line, key.Column, child, $"{Quoted.Text(key.Text)} stands here a second time; the first is in line {first[key.Text]}");
            }
            else if (value is not null)
            {
                entries.Add(new YamlEntry(key, value));
            }
        }

        return new YamlNode.Mapping(entries, Line(start), Column(start));
    }

    private static YamlNode.Scalar ToScalar(Scalar scalar) =>
        new(scalar.Value, scalar.Style is ScalarStyle.Plain, Line(scalar), Column(scalar));

    private void Refuse(ParsingEvent at, string path, string message) => _problems.Add(Line(at), Column(at), path, message);

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static int Column(ParsingEvent at) => (int)at.Start.Column;
}
