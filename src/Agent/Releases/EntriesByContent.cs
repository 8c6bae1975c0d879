using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>Which entries of a manifest have a content, in manifest order: chained numbers, for a list each would outweigh the manifest.</summary>
internal sealed class EntriesByContent
{
    private const int None = -1;

    private readonly Manifest _manifest;
    private readonly int[] _first;
    private readonly int[] _next;

    public EntriesByContent(Manifest manifest)
    {
        _manifest = manifest;
        _first = new int[manifest.DistinctContents.Count];
        _next = new int[manifest.Entries.Count];
        Array.Fill(_first, None);
        for (var entry = _next.Length - 1; entry >= 0; entry--)
        {
            ref var first = ref _first[manifest.ContentOf(entry)];
            (_next[entry], first) = (first, entry);
        }
    }

    /// <summary>Their numbers.</summary>
    public IEnumerable<int> Of(int content)
    {
        for (var entry = _first[content]; entry != None; entry = _next[entry])
        {
            yield return entry;
        }
    }

    /// <summary>The first that is a file; null when only links have this content.</summary>
    public ManifestEntry? FileOf(int content)
    {
        for (var entry = _first[content]; entry != None; entry = _next[entry])
        {
            if (_manifest.KindOf(entry) != EntryKind.Link)
            {
                return _manifest.Entries[entry];
            }
        }

        return null;
    }

    public bool IsAlone(int content) => _next[_first[content]] == None;
}
