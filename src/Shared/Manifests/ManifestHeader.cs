namespace IuCutter.Manifests;

/// <summary>What stands above a manifest's entries, as the commit determines it.</summary>
internal sealed record ManifestHeader(string Name, string Commit, string Tree, long CommitTimeUnix, bool ExportAttributes)
{
    /// <summary>Lines before the first entry: the magic one, the fields, the two sums and the empty line.</summary>
    public int Lines => ExportAttributes ? 9 : 8;
}
