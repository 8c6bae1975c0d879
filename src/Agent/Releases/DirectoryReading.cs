using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// One directory of a release as it lies there: what the manifest names in it, the manifest's folders below it, and what is there beside them. It is good for one
/// directory after the other: of a large tree they would be most of what has to be collected.
/// </summary>
internal sealed class DirectoryReading
{
    private const int LongestName = 255;

    private readonly DirectoryNames _names = new();
    private byte[] _path = new byte[4096];

    /// <summary>From the tree's root, bytes as Latin-1; empty for the root itself.</summary>
    public string Path { get; private set; } = "";

    public NodeStatus Own { get; private set; }

    /// <summary>Files that were not asked for their status: whoever reads them can ask what is open.</summary>
    public List<int> ToRead { get; } = [];

    /// <summary>All others, by their number; a link with the digest of its text.</summary>
    public List<(int Number, NodeStatus? Status, Sha256Digest? Link)> Entries { get; } = [];

    public List<string> Folders { get; } = [];

    public List<(string Path, NodeStatus? Status)> Extra { get; } = [];

    /// <summary>Whether it was of so many names that its room is better given back.</summary>
    public bool IsLarge => _names.IsLarge;

    /// <param name="at">As <see cref="Path"/>.</param>
    /// <param name="askAll">True: files are asked for their status too.</param>
    public void Take(DirectoryHandle tree, Manifest manifest, string at, bool askAll)
    {
        ToRead.Clear();
        Entries.Clear();
        Folders.Clear();
        Extra.Clear();
        using var directory = tree.OpenDirectory(at.Length == 0 ? "."u8 : Encoding.Latin1.GetBytes(at));
        (Path, Own) = (at, directory.OwnStatus());
        directory.ListOnce(_names);
        var nameAt = PutFolder(at);
        var next = 0;
        for (var i = 0; i < _names.Count; i++)
        {
            var name = _names[i];
            var kind = _names.KindOf(i);
            name.CopyTo(_path.AsSpan(nameAt));
            var path = _path.AsSpan(0, nameAt + name.Length);
            if (manifest.Find(path, next) is >= 0 and var entry)
            {
                next = entry + 1;
                if (kind == NodeKind.File && !askAll)
                {
                    ToRead.Add(entry);
                    continue;
                }

                var status = directory.Status(name);
                Entries.Add((entry, status, status is { Kind: NodeKind.Link } ? Sha256Digest.Of(directory.ReadLink(name) ?? []) : null));
            }
            else
            {
                AddOther(directory, name, kind ?? directory.Status(name)?.Kind, path, manifest);
            }
        }
    }

    /// <returns>Where names go.</returns>
    private int PutFolder(string at)
    {
        if (_path.Length < at.Length + 1 + LongestName)
        {
            _path = new byte[at.Length + 1 + LongestName];
        }

        if (at.Length == 0)
        {
            return 0;
        }

        Encoding.Latin1.GetBytes(at, _path);
        _path[at.Length] = (byte)'/';
        return at.Length + 1;
    }

    private void AddOther(DirectoryHandle directory, ReadOnlySpan<byte> name, NodeKind? kind, ReadOnlySpan<byte> path, Manifest manifest)
    {
        var raw = Encoding.Latin1.GetString(path);
        if (kind == NodeKind.Directory && manifest.IsFolder(path))
        {
            Folders.Add(raw);
        }
        else
        {
            Extra.Add((raw, directory.Status(name)));
        }
    }
}
