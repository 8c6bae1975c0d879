using System.Globalization;
using System.Text.Json;

namespace IuCutter.Configuration.Yaml;

/// <summary>
/// Takes the values of one mapping by their keys. What is missing or of the wrong kind becomes a problem and null, so that reading goes
/// on; <see cref="RefuseUnknown"/> at the end names each key that nobody asked for.
/// </summary>
internal sealed class MappingReader
{
    private readonly YamlNode.Mapping _mapping;
    private readonly ProblemList _problems;
    private readonly List<string> _known = [];

    private MappingReader(YamlNode.Mapping mapping, KeyPath path, ProblemList problems)
    {
        _mapping = mapping;
        _problems = problems;
        Path = path;
        problems.Place(path.Built, mapping.Line, mapping.Column, path.Shown);
    }

    public KeyPath Path { get; }

    public ProblemList Problems => _problems;

    /// <param name="wanted">How the mapping should look, for the problem when it is none.</param>
    public static MappingReader? Of(YamlNode node, KeyPath path, ProblemList problems, string wanted)
    {
        if (node is YamlNode.Mapping mapping)
        {
            return new MappingReader(mapping, path, problems);
        }

        problems.Add(node.Line, node.Column, path.Shown, $"got {Kind(node)}; wanted {wanted}");
        return null;
    }

    public static string Kind(YamlNode node) => node switch
    {
        YamlNode.Scalar { IsNothing: true } => "nothing",
        YamlNode.Scalar scalar => Quoted.Text(scalar.Text),
        YamlNode.Sequence => "a list",
        _ => "a mapping",
    };

    /// <summary>The key that says which case of a closed set this is; a problem and null when none or several are there.</summary>
    public string? Which(params string[] cases)
    {
        var found = Array.FindAll(cases, key => _mapping.Find(key) is not null);
        if (found.Length == 1)
        {
            return found[0];
        }

        var got = found.Length == 0
            ? $"got {(_mapping.Entries.Count == 0 ? "nothing" : Quoted.List(_mapping.Entries.Select(entry => Described(entry.Key.Text, cases))))}"
            : $"got {string.Join(" and ", found)} together";
        Add(_mapping, Path, $"{got}; wanted exactly one of {Quoted.List(cases)}");
        return null;
    }

    public bool Has(string key) => _mapping.Find(key) is not null;

    public YamlNode? Node(string key)
    {
        _known.Add(key);
        var entry = _mapping.Find(key);
        if (entry is not null)
        {
            _problems.Place(Path.Key(key).Built, entry.Value.Line, entry.Value.Column, Path.Key(key).Shown);
        }

        return entry?.Value;
    }

    public MappingReader? Inner(string key, string wanted) => Node(key) is { } node ? Of(node, Path.Key(key), _problems, wanted) : null;

    public string? Text(string key, string wanted = "a text") => Node(key) is { } node ? TextOf(node, Path.Key(key), wanted) : null;

    public string? RequiredText(string key, string wanted = "a text")
    {
        if (!Has(key))
        {
            Node(key);
            Add(_mapping, Path, $"{Quoted.Text(key)} is missing; wanted {key}: with {wanted}");
            return null;
        }

        return Text(key, wanted);
    }

    public bool? Flag(string key) => Parsed<bool>(key, "true or false", static (string text, out bool value) =>
    {
        value = text is "true";
        return text is "true" or "false";
    });

    public int? Number(string key, string wanted) => Parsed<int>(
        key, wanted, static (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value));

    public TimeSpan? Time(string key) => Parsed<TimeSpan>(key, "a time such as 90s, 10m or 1h30m", Quantity.TryParseTime);

    public long? Size(string key) => Parsed<long>(key, "a size such as 512MiB or 2GiB", Quantity.TryParseSize);

    public TEnum? Word<TEnum>(string key)
        where TEnum : struct, Enum
    {
        var words = Enum.GetNames<TEnum>();
        var shown = string.Join(", ", words.Select(Spelling<TEnum>));
        return Parsed<TEnum>(key, $"one of {shown}", (string text, out TEnum value) =>
        {
            var index = Array.FindIndex(words, word => string.Equals(Spelling<TEnum>(word), text, StringComparison.Ordinal));
            value = index < 0 ? default : Enum.GetValues<TEnum>()[index];
            return index >= 0;
        });
    }

    /// <summary>A list of texts; a single one counts as a list of one.</summary>
    public List<string>? Texts(string key, string wanted = "a list of texts") => Node(key) switch
    {
        null => null,
        YamlNode.Sequence sequence => Each(sequence, Path.Key(key), (item, path) => TextOf(item, path, "a text")),
        var node => TextOf(node, Path.Key(key), wanted) is { } text ? [text] : [],
    };

    /// <summary>A list of mappings or of whatever <paramref name="read"/> takes; a single one counts as a list of one.</summary>
    public List<T>? Items<T>(string key, string wanted, Func<YamlNode, KeyPath, T?> read)
        where T : class
    {
        switch (Node(key))
        {
            case null:
                return null;
            case YamlNode.Sequence sequence:
                return Each(sequence, Path.Key(key), read);
            case YamlNode.Scalar { IsNothing: true } nothing:
                Add(nothing, Path.Key(key), $"got nothing; wanted {wanted}, or [] for none, or no `{key}:` at all for the default");
                return [];
            case var node:
                return read(node, Path.Key(key).Single()) is { } item ? [item] : [];
        }
    }

    /// <summary>Every key with its text, where the keys are the user's own.</summary>
    public IEnumerable<(string Key, string Text)> AllTexts()
    {
        foreach (var entry in _mapping.Entries)
        {
            var path = Path.Key(entry.Key.Text);
            _problems.Place(path.Built, entry.Value.Line, entry.Value.Column, Path.Key(Quoted.Plain(entry.Key.Text)).Shown);
            if (TextOf(entry.Value, path, "a text") is { } text)
            {
                yield return (entry.Key.Text, text);
            }
        }
    }

    public void RefuseUnknown()
    {
        foreach (var entry in _mapping.Entries)
        {
            if (!_known.Contains(entry.Key.Text, StringComparer.Ordinal))
            {
                var path = Path.Key(Quoted.Plain(entry.Key.Text));
                _problems.Add(entry.Key.Line, entry.Key.Column, path.Shown, $"unknown key {Described(entry.Key.Text, _known)}; known here: {Quoted.List(_known.Distinct(StringComparer.Ordinal))}");
            }
        }
    }

    private void Add(YamlNode node, KeyPath path, string message) => _problems.Add(node.Line, node.Column, path.Shown, message);

    private static string Described(string got, IEnumerable<string> known) =>
        Quoted.Text(got) + (NearestWord.Of(got, known) is { } nearest ? $" (did you mean `{nearest}`?)" : "");

    private static string Spelling<TEnum>(string word) => JsonNamingPolicy.SnakeCaseLower.ConvertName(word);

    private List<T> Each<T>(YamlNode.Sequence sequence, KeyPath path, Func<YamlNode, KeyPath, T?> read)
        where T : class
    {
        var items = new List<T>();
        for (var index = 0; index < sequence.Items.Count; index++)
        {
            var item = path.Item(index, items.Count);
            _problems.Place(item.Built, sequence.Items[index].Line, sequence.Items[index].Column, item.Shown);
            if (read(sequence.Items[index], item) is { } value)
            {
                items.Add(value);
            }
        }

        return items;
    }

    private string? TextOf(YamlNode node, KeyPath path, string wanted)
    {
        if (node is YamlNode.Scalar { IsNothing: false } scalar)
        {
            return scalar.Text;
        }

        var quote = node is YamlNode.Scalar ? " (in quotes if the word itself is meant)" : "";
        Add(node, path, $"got {Kind(node)}; wanted {wanted}{quote}");
        return null;
    }

    private delegate bool TryParse<T>(string text, out T value);

    private T? Parsed<T>(string key, string wanted, TryParse<T> parse)
        where T : struct
    {
        if (Text(key, wanted) is not { } text)
        {
            return null;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        Add(_mapping.Find(key)!.Value, Path.Key(key), $"got {Quoted.Text(text)}; wanted {wanted}");
        return null;
    }
}
