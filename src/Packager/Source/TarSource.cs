using System.Security.Cryptography;
using System.Text;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// A tar and its manifest as <c>iucutter pack</c> wrote them, carried here as files. Written anew from its own entries it must be the same to the
/// byte: so nothing is in it that our writer would not have put there.
/// </summary>
internal sealed class TarSource : IReleaseSource
{
    private const int LongestSmallFile = 256 * 1024;

    private readonly string _path;
    private readonly Manifest _manifest;
    private readonly Sha256Digest _digest;

    private TarSource(string path, Manifest manifest, Sha256Digest digest)
    {
        (_path, _manifest, _digest) = (path, manifest, digest);
        Commit = new SourceCommit(manifest.Commit, manifest.Tree, manifest.CommitTimeUnix, "", null, null, null);
    }

    public string Place => _path;

    public SourceCommit Commit { get; }

    public string Format => "tar";

    public Sha256Digest? FileDigest => _digest;

    public Manifest? Expected => _manifest;

    public GitRepository? Repository => null;

    /// <param name="path">The tar.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="expected">The file's sha256, where it is known from elsewhere.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="SourceException">ARTIFACT_DIGEST_MISMATCH.</exception>
    public static async Task<TarSource> OpenAsync(string path, Manifest manifest, Sha256Digest? expected, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var digest = Sha256Digest.FromBytes(await SHA256.HashDataAsync(file, cancellation));
        return expected is null || digest == expected
            ? new TarSource(path, manifest, digest)
            : throw new SourceException(
                SourceCodes.ArtifactDigestMismatch, $"The sha256 of '{path}' is {digest}, not {expected}.", "Fetch or pack it again: these are other bytes.");
    }

    public Task<WorkTreeState?> ReadWorkTreeAsync(CancellationToken cancellation) => Task.FromResult<WorkTreeState?>(null);

    public async Task<byte[]?> TryReadFileAsync(string path, CancellationToken cancellation)
    {
        var wanted = TreePath.FromBytes(Encoding.UTF8.GetBytes(path));
        if (_manifest.Find(wanted.ToBytes()) < 0)
        {
            return null;
        }

        await using var entries = Open();
        while (await entries.NextAsync(cancellation))
        {
            if (entries.Path == wanted && entries.Kind != EntryKind.Link && entries.Size <= LongestSmallFile)
            {
                return (await entries.ReadAsync(cancellation)).ToArray();
            }

            while (!(await entries.ReadAsync(cancellation)).IsEmpty)
            {
                // Passed over.
            }
        }

        return null;
    }

    public Task<IReadOnlyList<string>> ListPathsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. _manifest.Entries.Select(entry => entry.Path.ToString())]);

    public async Task<ReleaseContents> ReadAsync(ArtifactRequest request, DigestCache cache, CancellationToken cancellation) =>
        (await ArchiveAsync(request, cancellation)).ToContents();

    public async Task<Artifact> ArchiveAsync(ArtifactRequest request, CancellationToken cancellation)
    {
        await using var entries = Open();
        var again = await ArtifactBuilder.BuildAsync(entries, request with { ExportAttributes = _manifest.ExportAttributes }, cancellation);
        if (again.TarDigest == _digest)
        {
            return again;
        }

        again.Dispose();
        throw new SourceException(
            SourceCodes.ArtifactMalformed, $"'{_path}' is not as IuCutter writes a tar: its own entries make one with sha256 {again.TarDigest}.", "Pack the commit again.");
    }

    /// <summary>The file is the user's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private TarEntries Open() => new(File.OpenRead(_path));
}
