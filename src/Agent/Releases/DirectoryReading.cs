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
        using var directory = tree.OpenDirectory(at.Length == 0 ? "."u8 : Encoding.Latin1.GetBytes(at));
        var reading = new DirectoryReading(at, directory.OwnStatus());
        var names = directory.NamesOnce();
        var path = new PathBuffer(at, names.Select(n => n.Name.Length).DefaultIfEmpty().Max());
        _ = askAll ? reading.Entries.EnsureCapacity(names.Count) : reading.ToRead.EnsureCapacity(names.Count);
        var next = 0;
        foreach (var (name, kind) in names)
        {
            var whole = path.Of(name);
            if (manifest.Find(whole, next) is >= 0 and var entry)
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
                reading.AddOther(directory, name, kind ?? directory.Status(name)?.Kind, whole, manifest);
            }
        }

        return reading;
    }

    private void AddOther(DirectoryHandle directory, byte[] name, NodeKind? kind, ReadOnlySpan<byte> path, Manifest manifest)
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

    /// <summary>Puts names behind the folder that they are in.</summary>
    private readonly ref struct PathBuffer
    {
        private readonly int _nameAt;
        private readonly Span<byte> _bytes;

        public PathBuffer(string folder, int longestName)
        {
            _nameAt = folder.Length == 0 ? 0 : folder.Length + 1;
            _bytes = new byte[_nameAt + longestName];
            if (_nameAt > 0)
            {
                Encoding.Latin1.GetBytes(folder, _bytes);
                _bytes[_nameAt - 1] = (byte)'/';
            }
        }

        /// <returns>Good until it is asked again.</returns>
        public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> name)
        {
            name.CopyTo(_bytes[_nameAt..]);
            return _bytes[..(_nameAt + name.Length)];
        }
    }
}
