using System.Diagnostics.CodeAnalysis;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>
/// <c>&lt;name&gt;-&lt;commit, 12 hex&gt;-&lt;manifest sha256, 12 hex&gt;</c>: the name of a release and of its directory.
/// <c>default</c> is no release and prints as an empty text.
/// </summary>
public readonly record struct ReleaseId
{
    private const int Hex = 12;

    // "-" and 12 digits, twice.
    private const int Tail = 2 * (Hex + 1);

    private readonly string? _text;

    private ReleaseId(string text)
    {
        _text = text;
    }

    public string Name => _text?[..^Tail] ?? "";

    /// <summary>The commit's first 12 hex digits.</summary>
    public string Commit => _text?[^(Tail - 1)..^(Hex + 1)] ?? "";

    /// <summary>The manifest digest's first 12 hex digits.</summary>
    public string Manifest => _text?[^Hex..] ?? "";

    /// <summary>The name must be valid and the commit a full id: anything else is the caller's bug.</summary>
    public static ReleaseId Of(string name, string commit, Sha256Digest manifest)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return TryParse($"{name}-{commit[..Hex]}-{manifest.Short}", out var id)
            ? id
            : throw new ArgumentException($"'{name}' at '{commit}' makes no release id.", nameof(name));
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out ReleaseId id)
    {
        id = default;
        if (text == null || text.Length <= Tail || text[^Tail] != '-' || text[^(Hex + 1)] != '-')
        {
            return false;
        }

        if (!LowerHex.Is(text.AsSpan()[^(Tail - 1)..^(Hex + 1)]) || !LowerHex.Is(text.AsSpan()[^Hex..]) || !ReleaseName.IsValid(text[..^Tail]))
        {
            return false;
        }

        id = new ReleaseId(text);
        return true;
    }

    /// <exception cref="FormatException">The text is no release id.</exception>
    public static ReleaseId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no release id: <name>-<12 hex>-<12 hex> is wanted.");

    public override string ToString() => _text ?? "";
}
