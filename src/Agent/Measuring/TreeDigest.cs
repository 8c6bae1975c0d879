using System.Security.Cryptography;
using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Measuring;

/// <summary>
/// One sha256 over all that lies at a path: names, kinds, permission bits, owners, contents and links' texts, in byte order of the
/// names. It says nothing of times. Two equal digests mean equal trees.
/// </summary>
public sealed record TreeDigest(Sha256Digest Digest, long Nodes, long Bytes)
{
    /// <summary>Null when nothing is at the path. A link at the path itself is measured as a link.</summary>
    /// <exception cref="PosixException">Something beneath could not be read: then there is no digest at all.</exception>
    public static TreeDigest? Of(string path, CancellationToken cancellationToken)
    {
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        if (parent is not null && !Directory.Exists(parent))
        {
            return null;
        }

        using var above = DirectoryHandle.Open(parent ?? "/");
        var name = parent is null ? "."u8.ToArray() : Encoding.UTF8.GetBytes(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        if (above.Status(name) is null)
        {
            return null;
        }

        using var walk = new Walk();
        walk.Take(above, name, "", cancellationToken);
        return walk.Finish();
    }

    private sealed class Walk : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _nodes;
        private long _bytes;

        public void Take(DirectoryHandle directory, byte[] name, string at, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var status = directory.Status(name) ?? throw new IOException($"{TreePath.FromBytes(name)} vanished while it was measured");
            _nodes++;
            Line($"{status.Kind} {Convert.ToString((int)status.Mode, 8)} {status.User} {status.Group} {at.Length} {at}");
            switch (status.Kind)
            {
                case NodeKind.File:
                    using (var file = directory.OpenRead(name))
                    {
                        Line(ContentDigest.Of(file, out var bytes).ToString());
                        _bytes += bytes;
                    }

                    break;
                case NodeKind.Link:
                    Line(Sha256Digest.Of(directory.ReadLink(name) ?? []).ToString());
                    break;
                case NodeKind.Directory:
                    using (var inside = directory.OpenDirectory(name))
                    {
                        foreach (var child in inside.List())
                        {
                            Take(inside, child, at + "/" + Encoding.Latin1.GetString(child), cancellationToken);
                        }
                    }

                    break;
            }
        }

        public TreeDigest Finish() => new(Sha256Digest.FromBytes(_hash.GetHashAndReset()), _nodes, _bytes);

        public void Dispose() => _hash.Dispose();

        private void Line(string text) => _hash.AppendData(Encoding.Latin1.GetBytes(text + "\n"));
    }
}
