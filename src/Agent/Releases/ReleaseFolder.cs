using System.Text;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Releases;

/// <summary>What lies beside a release's tree: its manifest, and the configuration that it was pushed with.</summary>
public static class ReleaseFolder
{
    private const int LongestManifest = 1 << 30;

    /// <summary>Writes the files beside the tree of a release that is being staged.</summary>
    public static void Write(DirectoryHandle folder, Manifest manifest, ReadOnlySpan<byte> configuration)
    {
        Write(folder, "manifest"u8, manifest.CanonicalBytes.Span);
        Write(folder, "configuration.json"u8, configuration);
        using var file = new FileStream(folder.CreateFile("DEPLOY-MANIFEST.txt"u8, 0x1A4), FileAccess.Write);
        file.Write(Encoding.ASCII.GetBytes(
            $"""
            # Release {manifest.ReleaseId}
            # commit {manifest.Commit}, tree {manifest.Tree}
            # {manifest.Entries.Count} files, {manifest.ContentBytes} bytes; manifest sha256 {manifest.Digest}
            # check it: cd tree && sha256sum -c --quiet ../DEPLOY-MANIFEST.txt

            """));
        manifest.WriteSha256Sum(file);
    }

    /// <exception cref="RefusalException">The release is not whole: what lies there is not its own manifest.</exception>
    public static Manifest ReadManifest(DeployRoot root, ReleaseId id)
    {
        try
        {
            using var folder = root.OpenRelease(id);
            return root.Manifests.Read(id, () => DigestOf(folder), () => Parse(folder, id));
        }
        catch (Exception e) when (e is PosixException or ManifestException)
        {
            throw Damaged(id, e.Message);
        }
    }

    public static Manifest? TryReadManifest(DeployRoot root, ReleaseId id)
    {
        try
        {
            return ReadManifest(root, id);
        }
        catch (RefusalException)
        {
            return null;
        }
    }

    /// <summary>What a release's manifest says above its entries, and its digest; null where it is not the manifest that the release had.</summary>
    public static (ManifestHead Head, Sha256Digest Digest)? TryReadHead(DeployRoot root, ReleaseId id)
    {
        try
        {
            using var folder = root.OpenRelease(id);
            using var file = folder.OpenRead("manifest"u8);
            var beginning = new byte[ManifestHead.MostBytes];
            var head = ManifestHead.Parse(beginning.AsSpan(0, FileBytes.Read(file, beginning, 0)));
            var digest = ContentDigest.Of(file, out _);
            return ReleaseId.Of(head.Name, head.Commit, digest) == id ? (head, digest) : null;
        }
        catch (Exception e) when (e is PosixException or ManifestException)
        {
            return null;
        }
    }

    /// <exception cref="RefusalException">There is none, or it cannot be read.</exception>
    public static ReleaseConfiguration ReadConfiguration(DeployRoot root, ReleaseId id)
    {
        try
        {
            using var folder = root.OpenRelease(id);
            return ReleaseConfigurationJson.Parse(Read(folder, "configuration.json"u8));
        }
        catch (Exception e) when (e is PosixException or ConfigurationException)
        {
            throw Damaged(id, e.Message);
        }
    }

    /// <summary>How a release came to its files. One whose configuration cannot be read is taken for one that shares none.</summary>
    public static LinkRule LinkOf(DeployRoot root, ReleaseId id)
    {
        try
        {
            return ReadConfiguration(root, id).Link;
        }
        catch (Exception e) when (e is RefusalException or ManifestException)
        {
            return LinkRule.Copy;
        }
    }

    /// <summary>Holds a release's files against its manifest; of a read-only one also that none can be written to.</summary>
    /// <param name="lookAtExtra">True: what lies there beside the manifest's files is looked through for what endangers the host.</param>
    /// <param name="marks">As of <see cref="TreeReader.Compare"/>.</param>
    public static TreeComparison Verify(DeployRoot root, ReleaseId id, CancellationToken cancellationToken, bool lookAtExtra = false, TreeMarks? marks = null)
    {
        var manifest = ReadManifest(root, id);
        using var folder = root.OpenRelease(id);
        using var tree = folder.OpenDirectory("tree"u8);
        Footprint.Settle(manifest.Entries.Count);
        var comparison = TreeReader.Compare(tree, manifest, LinkOf(root, id), lookAtExtra, cancellationToken, marks);
        Footprint.Settle(comparison.Files);
        return comparison;
    }

    /// <summary>As <see cref="Verify"/>; null when there is no release, or too little is left of it to be compared.</summary>
    public static TreeComparison? TryVerify(DeployRoot root, ReleaseId id, CancellationToken cancellationToken)
    {
        try
        {
            return Verify(root, id, cancellationToken);
        }
        catch (Exception e) when (e is PosixException or RefusalException)
        {
            return null;
        }
    }

    /// <summary>What lies in a release's tree beside the manifest's files.</summary>
    public static ExtraPaths Extra(DeployRoot root, ReleaseId id, CancellationToken cancellationToken)
    {
        var manifest = ReadManifest(root, id);
        using var folder = root.OpenRelease(id);
        using var tree = folder.OpenDirectory("tree"u8);
        return ExtraPaths.Of(tree, manifest, cancellationToken);
    }

    /// <summary>As <see cref="Extra"/>; null where it cannot be read whole.</summary>
    public static ExtraPaths? TryExtra(DeployRoot root, ReleaseId id, CancellationToken cancellationToken)
    {
        try
        {
            return Extra(root, id, cancellationToken);
        }
        catch (Exception e) when (e is PosixException or RefusalException)
        {
            return null;
        }
    }

    private static void Write(DirectoryHandle folder, ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        using var file = folder.CreateFile(name, 0x1A4);
        RandomAccess.Write(file, bytes, 0);
    }

    private static Manifest Parse(DirectoryHandle folder, ReleaseId id)
    {
        var manifest = Manifest.Parse(Read(folder, "manifest"u8));
        return manifest.ReleaseId == id ? manifest : throw Damaged(id, $"its manifest is that of {manifest.ReleaseId}");
    }

    private static Sha256Digest DigestOf(DirectoryHandle folder)
    {
        using var file = folder.OpenRead("manifest"u8);
        return ContentDigest.Of(file, out _);
    }

    private static byte[] Read(DirectoryHandle folder, ReadOnlySpan<byte> name)
    {
        using var file = folder.OpenRead(name);
        var bytes = FreshPages.Array<byte>(Length(file));
        for (int at = 0, read; at < bytes.Length; at += read)
        {
            read = RandomAccess.Read(file, bytes.AsSpan(at), at);
            if (read == 0)
            {
                throw new ManifestException(0, "the file became shorter while it was read", "a whole file");
            }
        }

        return bytes;
    }

    private static int Length(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        return length <= LongestManifest
            ? (int)length
            : throw new ManifestException(0, $"the file has {length} bytes", $"at most {LongestManifest}");
    }

    private static RefusalException Damaged(ReleaseId id, string how) => new(
        RefusalCode.TargetFault, $"release {id} is damaged: {how}", "push it again; the damaged one is replaced");
}
