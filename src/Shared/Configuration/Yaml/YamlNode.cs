namespace IuCutter.Configuration.Yaml;

/// <summary>What a YAML document holds and where it stands; line and column count from 1. The cases are all there are.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    /// <param name="IsPlain">True: written without quotes, so that <c>null</c> or nothing at all means "no value".</param>
    public sealed record Scalar(string Text, bool IsPlain, int Line, int Column) : YamlNode(Line, Column)
    {
        public bool IsNothing => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
    }

    public sealed record Sequence(IReadOnlyList<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column);

    public sealed record Mapping(IReadOnlyList<YamlEntry> Entries, int Line, int Column) : YamlNode(Line, Column)
    {
        public YamlEntry? Find(string key)
        {
            foreach (var entry in Entries)
            {
                if (string.Equals(entry.Key.Text, key, StringComparison.Ordinal))
                {
                    return entry;
                }
            }

            return null;
        }
    }
}
