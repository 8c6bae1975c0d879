using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>One directory of a release as it lies there: what the manifest names in it, the manifest's folders below it, and what is there beside them.</summary>
/// <param name="Path">From the tree's root, bytes as Latin-1; empty for the root itself.</param>
internal sealed record DirectoryReading(string Path, NodeStatus Own)
{
    /// <summary>Files that were not asked for their status: whoever reads them can ask what is open.</summary>
    public List<int> ToRead { get; } = [];

    /// <summary>All others, by their number; a link with the digest of its text.</summary>
    public List<(int Number, NodeStatus? Status, Sha256Digest? Link)> Entries { get; } = [];

    public List<string> Folders { get; } = [];

    public List<(string Path, NodeStatus? Status)> Extra { get; } = [];

    /// <param name="askAll">True: files are asked for their status too.</param>
    public static DirectoryReading Take(DirectoryHandle tree, Manifest manifest, string at, bool askAll)
    {
        using var opened = at.Length == 0 ? null : tree.OpenDirectory(Encoding.Latin1.GetBytes(at));
        var directory = opened ?? tree;
        var reading = new DirectoryReading(at, directory.OwnStatus());
        var names = directory.Names();
        _ = askAll ? reading.Entries.EnsureCapacity(names.Count) : reading.ToRead.EnsureCapacity(names.Count);
        var next = 0;
        foreach (var (name, kind) in names)
        {
            var path = at.Length == 0 ? Encoding.Latin1.GetString(name) : at + "/" + Encoding.Latin1.GetString(name);
            var treePath = TreePath.FromRaw(path);
            if (manifest.Find(treePath, next) is >= 0 and var entry)
            {
                next = entry + 1;
                if (kind == NodeKind.File && !askAll)
                {
                    reading.ToRead.Add(entry);
                    continue;
                }

                var status = directory.Status(name);
                reading.Entries.Add((entry, status, status is { Kind: NodeKind.Link } ? Sha256Digest.Of(directory.ReadLink(name) ?? []) : null));
            }
            else
            {
                reading.AddOther(directory, name, kind ?? directory.Status(name)?.Kind, treePath, manifest);
            }
        }

        return reading;
    }

    private void AddOther(DirectoryHandle directory, byte[] name, NodeKind? kind, TreePath path, Manifest manifest)
    {
        if (kind == NodeKind.Directory && manifest.IsFolder(path))
        {
            Folders.Add(path.Raw);
        }
        else
        {
            Extra.Add((path.Raw, directory.Status(name)));
        }
    }
}
