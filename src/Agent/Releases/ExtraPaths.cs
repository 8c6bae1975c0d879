using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// What lies in a release's tree beside the manifest's files, all the way down: what its commands have left there. A file counts as changed when the kernel
/// says that it was written to; its content is not read.
/// </summary>
public sealed class ExtraPaths
{
    private const int MostNamed = 10_000;
    private const int MostInASentence = 3;

    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private ExtraPaths()
    {
    }

    public int Count { get; private set; }

    /// <summary>Over every path and how it was seen.</summary>
    public Sha256Digest Digest { get; private set; }

    /// <param name="tree">The release's, open.</param>
    public static ExtraPaths Of(DirectoryHandle tree, Manifest manifest, CancellationToken cancellationToken)
    {
        var extra = new ExtraPaths();
        using (extra._hash)
        {
            extra.Walk(tree, manifest, cancellationToken);
            extra.Digest = Sha256Digest.FromBytes(extra._hash.GetHashAndReset());
        }

        return extra;
    }

    /// <summary>What is other than it was before, in a sentence's end; null when nothing is.</summary>
    public string? ChangesSince(ExtraPaths before)
    {
        ArgumentNullException.ThrowIfNull(before);
        if (Digest == before.Digest)
        {
            return null;
        }

        if (Math.Max(Count, before.Count) > MostNamed)
        {
            return $"what lies beside the manifest's files is not as it was: {before.Count} paths then, {Count} now";
        }

        string?[] parts =
        [
            Named("were added", _named.Keys.Except(before._named.Keys, StringComparer.Ordinal)),
            Named("were changed", _named.Where(n => before._named.TryGetValue(n.Key, out var was) && was != n.Value).Select(n => n.Key)),
            Named("were removed", before._named.Keys.Except(_named.Keys, StringComparer.Ordinal)),
        ];
        return "beside the manifest's files, " + string.Join("; ", parts.OfType<string>());
    }

    private static string? Named(string what, IEnumerable<string> paths)
    {
        var sorted = paths.Order(StringComparer.Ordinal).ToList();
        return sorted.Count == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{sorted.Count} paths {what} ({string.Join(", ", sorted.Take(MostInASentence))}{(sorted.Count > MostInASentence ? ", …" : "")})");
    }

    /// <summary>Without recursion: a payload may have made directories as deep as it likes.</summary>
    private void Walk(DirectoryHandle tree, Manifest manifest, CancellationToken cancellationToken)
    {
        var open = new Stack<string>([""]);
        while (open.TryPop(out var at))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inside = at.Length == 0 ? null : tree.OpenDirectory(Encoding.Latin1.GetBytes(at));
            var directory = inside ?? tree;
            foreach (var name in directory.List())
            {
                var path = at.Length == 0 ? Encoding.Latin1.GetString(name) : at + "/" + Encoding.Latin1.GetString(name);
                var bytes = Encoding.Latin1.GetBytes(path);
                if (manifest.Find(bytes) >= 0 || directory.Status(name) is not { } status)
                {
                    continue;
                }

                if (status.Kind != NodeKind.Directory || !manifest.IsFolder(bytes))
                {
                    Take(TreePath.FromRaw(path).ToString(), status);
                }

                if (status.Kind == NodeKind.Directory)
                {
                    open.Push(path);
                }
            }
        }
    }

    private void Take(string path, NodeStatus status)
    {
        var seen = status.Kind == NodeKind.Directory
            ? string.Create(CultureInfo.InvariantCulture, $"{status.Kind} {status.Mode}")
            : string.Create(CultureInfo.InvariantCulture, $"{status.Kind} {status.Mode} {status.Size} {status.Inode} {status.ChangedNanoseconds}");
        Count++;
        _hash.AppendData(Encoding.UTF8.GetBytes($"{path.Length} {path} {seen}\n"));
        if (Count <= MostNamed)
        {
            _named[path] = seen;
        }
    }
}
