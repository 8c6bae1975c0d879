using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Which contents already lie on the target, and where: the releases themselves are the store. What it names is not believed: whoever
/// copies it hashes it on the way.
/// </summary>
public sealed class ContentCatalogue
{
    private readonly Dictionary<(Sha256Digest, bool IsLink), (ReleaseId Release, TreePath Path)> _places = [];

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
                catalogue._places.TryAdd((entry.Content, entry.Kind == EntryKind.Link), (id, entry.Path));
            }
        }

        return catalogue;
    }

    /// <param name="isLink">True for the text of a link, false for a file's content.</param>
    public (ReleaseId Release, TreePath Path)? Find(Sha256Digest content, bool isLink) =>
        _places.TryGetValue((content, isLink), out var place) ? place : null;
}
