namespace IuCutter.Configuration.Yaml;

/// <summary>The way to a value: as the file has it, for people, and as the finished record has it (items left out, single ones as lists).</summary>
internal readonly record struct KeyPath(string Shown, string Built)
{
    public static KeyPath Root => new("", "");

    public KeyPath Key(string name) => new(Shown.Length == 0 ? name : $"{Shown}.{name}", Built.Length == 0 ? name : $"{Built}.{name}");

    public KeyPath Item(int shown, int built) => new($"{Shown}[{shown}]", $"{Built}[{built}]");

    public KeyPath Single() => this with { Built = $"{Built}[0]" };
}
