using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>One directory of a release as it lies there: what the manifest names in it, the manifest's folders below it, and what is there beside them.</summary>
/// <param name="Path">From the tree's root, bytes as Latin-1; empty for the root itself.</param>
internal sealed record DirectoryReading(string Path, NodeStatus Own)
{
    /// <summary>Entries by their number; a link with the digest of its text.</summary>
    public List<(int Number, NodeStatus? Status, Sha256Digest? Link)> Entries { get; } = [];

    public List<string> Folders { get; } = [];

    public List<(string Path, NodeStatus? Status)> Extra { get; } = [];

    public static DirectoryReading Take(DirectoryHandle tree, Manifest manifest, string at)
    {
        using var opened = at.Length == 0 ? null : tree.OpenDirectory(Encoding.Latin1.GetBytes(at));
        var directory = opened ?? tree;
        var reading = new DirectoryReading(at, directory.OwnStatus());
        foreach (var name in directory.List())
        {
            var path = at.Length == 0 ? Encoding.Latin1.GetString(name) : at + "/" + Encoding.Latin1.GetString(name);
            var status = directory.Status(name);
            var treePath = TreePath.FromRaw(path);
            if (manifest.Find(treePath) is >= 0 and var entry)
            {
                reading.Entries.Add((entry, status, status is { Kind: NodeKind.Link } ? Sha256Digest.Of(directory.ReadLink(name) ?? []) : null));
            }
            else if (status is { Kind: NodeKind.Directory } && manifest.IsFolder(treePath))
            {
                reading.Folders.Add(path);
            }
            else
            {
                reading.Extra.Add((path, status));
            }
        }

        return reading;
    }
}
