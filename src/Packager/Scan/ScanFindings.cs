namespace IuCutter.Packager.Scan;

/// <summary>All hits of one scan, in the order of the paths. At most 1,000 are kept; <paramref name="Count"/> counts all.</summary>
public sealed record ScanFindings(IReadOnlyList<ScanHit> Hits, int Count, int FilesScanned, long BytesScanned)
{
    public static ScanFindings None { get; } = new([], 0, 0, 0);

    public bool IsClean => Count == 0;
}
