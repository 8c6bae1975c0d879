namespace IuCutter.Configuration.Detection;

/// <summary>A commit's files, by path with '/' between components, and a way to read one as text.</summary>
public sealed class PayloadTree
{
    /// <summary>So many files are looked into for one question at most; a suite is written for one framework or the other.</summary>
    private const int MostRead = 200;

    private static readonly string[] Foreign =
        [".venv/", "venv/", "node_modules/", "vendor/", "third_party/", ".git/", ".tox/", "build/", "dist/", "target/", "bin/", "obj/"];

    private readonly Func<string, string?> _read;
    private readonly Dictionary<string, string?> _texts = new(StringComparer.Ordinal);

    /// <param name="read">The text of a file; null when it is no text or too large to look into.</param>
    public PayloadTree(IEnumerable<string> paths, Func<string, string?> read)
    {
        _read = read;
        Paths = [.. paths.Where(path => !IsForeign(path)).Order(StringComparer.Ordinal)];
        Set = [.. Paths];
    }

    /// <summary>Sorted; without what is not the payload's own (dependencies, build output).</summary>
    public IReadOnlyList<string> Paths { get; }

    private HashSet<string> Set { get; }

    public bool Has(string path) => Set.Contains(path);

    public string? Read(string path)
    {
        if (!Has(path))
        {
            return null;
        }

        if (!_texts.TryGetValue(path, out var text))
        {
            _texts[path] = text = _read(path);
        }

        return text;
    }

    public bool AnyHolds(IEnumerable<string> paths, params string[] words) => paths.Take(MostRead).Any(path =>
        Read(path) is { } text && Array.Exists(words, word => text.Contains(word, StringComparison.Ordinal)));

    /// <summary>The names of directories directly in <paramref name="directory"/> (empty: the root).</summary>
    public IEnumerable<string> Directories(string directory)
    {
        var prefix = directory.Length == 0 ? "" : directory + "/";
        return Paths
            .Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && path.IndexOf('/', prefix.Length) > 0)
            .Select(path => path[prefix.Length..path.IndexOf('/', prefix.Length)])
            .Distinct(StringComparer.Ordinal);
    }

    /// <summary>The paths with this ending that lie highest, and how deep; those of the root first.</summary>
    public IEnumerable<string> Highest(Func<string, bool> isMarker) =>
        Paths.Where(path => isMarker(Name(path))).GroupBy(Depth).OrderBy(group => group.Key).FirstOrDefault() ?? Enumerable.Empty<string>();

    public static int Depth(string path) => path.AsSpan().Count('/');

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static string? DirectoryOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : null;

    private static bool IsForeign(string path) =>
        Array.Exists(Foreign, part => path.StartsWith(part, StringComparison.Ordinal) || path.Contains("/" + part, StringComparison.Ordinal));
}
