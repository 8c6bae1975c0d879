using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Which contents already lie on the target, and where: the releases themselves are the store. What it names is not believed: whoever
/// copies it hashes it on the way.
/// </summary>
public sealed class ContentCatalogue
{
    private readonly Dictionary<Sha256Digest, (ReleaseId Release, TreePath Path)> _places = [];

    /// <summary>Catalogues the releases given, the first that has a content winning; one whose manifest cannot be read is passed over.</summary>
    public static ContentCatalogue Of(DeployRoot root, IEnumerable<ReleaseId> releases)
    {
        var catalogue = new ContentCatalogue();
        foreach (var id in releases)
        {
            if (ReleaseFolder.TryReadManifest(root, id) is not { } manifest)
            {
                continue;
            }

            foreach (var entry in manifest.Entries)
            {
                if (entry.Kind != EntryKind.Link)
                {
                    catalogue._places.TryAdd(entry.Content, (id, entry.Path));
                }
            }
        }

        return catalogue;
    }

    public (ReleaseId Release, TreePath Path)? Find(Sha256Digest content) =>
        _places.TryGetValue(content, out var place) ? place : null;
}
