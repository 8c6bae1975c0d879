namespace IuCutter.Manifests;

/// <summary>What a manifest's text says above its entries, for whoever needs no more of it. Whether the entries bear it out was not looked at.</summary>
public sealed record ManifestHead(string Name, string Commit, long Entries, long ContentBytes)
{
    /// <summary>No head is longer.</summary>
    public const int MostBytes = 1024;

    /// <param name="text">A manifest's beginning, of at least <see cref="MostBytes"/> where it has as many.</param>
    /// <exception cref="ManifestException">It is no manifest's.</exception>
    public static ManifestHead Parse(ReadOnlySpan<byte> text)
    {
        var header = ManifestText.ReadHeader(text, out var entries, out var contentBytes);
        return new ManifestHead(header.Name, header.Commit, entries, contentBytes);
    }
}
