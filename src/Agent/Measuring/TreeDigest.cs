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
    private const int MostLinksFollowed = 40;

    // No path reaches deeper (limits.h, PATH_MAX), and neither need the stack.
    private const int LongestPath = 4095;

    /// <summary>True when the path is a link and nothing lies where it leads: of what people reach through it, nothing was measured.</summary>
    public bool LeadsNowhere { get; private init; }

    /// <summary>
    /// Null when nothing is at the path. Where the path itself is a link, its text is measured and what it leads to; a link further down is its text alone,
    /// or a tree could be made to reach anywhere.
    /// </summary>
    /// <exception cref="PosixException">Something could not be read, or the way to it not be entered: then there is no digest at all.</exception>
    public static TreeDigest? Of(string path, CancellationToken cancellationToken)
    {
        using var walk = new Walk();
        var place = Encoding.UTF8.GetBytes(path);
        for (var links = 0; links <= MostLinksFollowed; links++)
        {
            var (folder, name) = Split(place);
            using var above = DirectoryHandle.FindPlace(folder);
            if (above?.Status(name) is not { } status)
            {
                return links == 0 ? null : walk.Finish() with { LeadsNowhere = true };
            }

            walk.Take(above, name, "", cancellationToken);
            if (status.Kind != NodeKind.Link)
            {
                return walk.Finish();
            }

            var text = above.ReadLink(name) ?? [];
            place = text is [(byte)'/', ..] ? text : [.. folder, (byte)'/', .. text];
        }

        throw new PosixException("follow the link", path, PosixException.TooManyLinks);
    }

    /// <summary>The directory that a path's last name is in, and that name; <c>.</c> where it has none of its own.</summary>
    private static (byte[] Folder, byte[] Name) Split(ReadOnlySpan<byte> path)
    {
        var trimmed = path.TrimEnd((byte)'/');
        var slash = trimmed.LastIndexOf((byte)'/');
        var name = trimmed[(slash + 1)..];
        return name.IsEmpty ? ("/"u8.ToArray(), "."u8.ToArray())
            : name is [(byte)'.'] or [(byte)'.', (byte)'.'] ? (trimmed.ToArray(), "."u8.ToArray())
            : slash <= 0 ? ("/"u8.ToArray(), name.ToArray())
            : (trimmed[..slash].ToArray(), name.ToArray());
    }

    private sealed class Walk : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _nodes;
        private long _bytes;

        public void Take(DirectoryHandle directory, byte[] name, string at, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (at.Length > LongestPath)
            {
                throw new PosixException("measure", $"what lies deeper than {TreePath.FromRaw(at[..60])}…", PosixException.NameTooLong);
            }

            var status = directory.Status(name) ?? throw new IOException($"{TreePath.FromBytes(name)} vanished while it was measured");
            _nodes++;
            Line($"{status.Kind} {Convert.ToString((int)status.Mode, 8)} {status.User} {status.Group} {at.Length} {at}");
            switch (status.Kind)
            {
                case NodeKind.File:
                    using (var file = directory.OpenRead(name))
                    {
                        Line(ContentDigest.Of(file, out var bytes, cancellationToken: cancellationToken).ToString());
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
