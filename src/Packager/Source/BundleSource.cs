using System.Security.Cryptography;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// A commit out of a git bundle that was carried here. It is fetched into a repository of its own and checked there by <c>git fsck --strict</c>,
/// for <c>git bundle verify</c> looks at no content; from then on its objects are read like any repository's.
/// </summary>
internal sealed class BundleSource : IReleaseSource
{
    private readonly string _path;
    private readonly string _quarantine;
    private readonly Sha256Digest _digest;
    private readonly RepositorySource _inside;

    private BundleSource(string path, string quarantine, Sha256Digest digest, RepositorySource inside, Manifest? expected)
    {
        (_path, _quarantine, _digest, _inside, Expected) = (path, quarantine, digest, inside, expected);
    }

    public string Place => _path;

    public SourceCommit Commit => _inside.Commit;

    public string Format => "bundle";

    public Sha256Digest? FileDigest => _digest;

    public Manifest? Expected { get; }

    public GitRepository? Repository => _inside.Repository;

    /// <param name="path">The bundle.</param>
    /// <param name="revision">What to release of it, by a name of the bundle's own or an id; null for the commit of the manifest, else its HEAD.</param>
    /// <param name="manifest">The manifest that came with it; null where none did.</param>
    /// <param name="expected">The file's sha256, where it is known from elsewhere.</param>
    /// <param name="basis">A repository that has the commits an incremental bundle builds on; null for none.</param>
    /// <param name="cancellation">Ends git as well.</param>
    /// <exception cref="SourceException">ARTIFACT_DIGEST_MISMATCH, ARTIFACT_MALFORMED or UNKNOWN_COMMIT.</exception>
    public static async Task<BundleSource> OpenAsync(
        string path, string? revision, Manifest? manifest, Sha256Digest? expected, GitRepository? basis, CancellationToken cancellation)
    {
        var digest = await DigestAsync(path, expected, cancellation);
        var quarantine = Directory.CreateTempSubdirectory("iucutter-bundle-").FullName;
        try
        {
            var git = new GitProgram("git", quarantine);
            Require(await git.RunAsync(cancellation, "init", "-q", "--bare", quarantine), path, "no repository can be made for it");
            if (basis is not null)
            {
                await LendAsync(basis, quarantine, cancellation);
            }

            Require(
                await git.RunAsync(
                    cancellation, "-c", "protocol.file.allow=always", "fetch", "-q", "--no-tags", "--no-auto-gc", "--no-write-fetch-head", path, "+HEAD:refs/heads/bundle-head", "+refs/*:refs/bundle/*"),
                path,
                "git cannot take it in");
            Require(await git.RunAsync(cancellation, "fsck", "--strict", "--no-dangling", "--no-progress"), path, "git fsck refuses what is in it");
            var repository = await GitRepository.OpenAsync(quarantine, cancellation);
            var commit = await ResolveAsync(repository, path, revision ?? manifest?.Commit ?? "HEAD", cancellation);
            return new BundleSource(path, quarantine, digest, new RepositorySource(repository, commit with { Ref = null, Tag = null, Remote = null }), manifest);
        }
        catch
        {
            Directory.Delete(quarantine, recursive: true);
            throw;
        }
    }

    public Task<WorkTreeState?> ReadWorkTreeAsync(CancellationToken cancellation) => Task.FromResult<WorkTreeState?>(null);

    public Task<byte[]?> TryReadFileAsync(string path, CancellationToken cancellation) => _inside.TryReadFileAsync(path, cancellation);

    public Task<IReadOnlyList<string>> ListPathsAsync(CancellationToken cancellation) => _inside.ListPathsAsync(cancellation);

    // A cache would be of a repository that is gone when the push has ended.
    public Task<ReleaseContents> ReadAsync(ArtifactRequest request, DigestCache cache, CancellationToken cancellation) =>
        _inside.ReadAsync(request, DigestCache.None(), cancellation);

    public Task<Artifact> ArchiveAsync(ArtifactRequest request, CancellationToken cancellation) => _inside.ArchiveAsync(request, cancellation);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_quarantine, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>By the names that the bundle gives its commits: they lie apart from those of a repository of the user's.</summary>
    private static async Task<SourceCommit> ResolveAsync(GitRepository repository, string path, string revision, CancellationToken cancellation)
    {
        string[] names = revision == "HEAD" ? ["refs/heads/bundle-head"] : [$"refs/bundle/heads/{revision}", $"refs/bundle/tags/{revision}", revision];
        foreach (var name in names)
        {
            try
            {
                return await repository.ResolveAsync(name, cancellation);
            }
            catch (SourceException e) when (e.Code == SourceCodes.UnknownCommit)
            {
                // The next name may be one.
            }
        }

        throw new SourceException(
            SourceCodes.UnknownCommit, $"'{revision}' names no commit in the bundle '{path}'.", "Leave COMMIT out for the manifest's commit, or name a branch, tag or commit id of the bundle.");
    }

    private static async Task<Sha256Digest> DigestAsync(string path, Sha256Digest? expected, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var digest = Sha256Digest.FromBytes(await SHA256.HashDataAsync(file, cancellation));
        return expected is null || digest == expected
            ? digest
            : throw new SourceException(
                SourceCodes.ArtifactDigestMismatch, $"The sha256 of '{path}' is {digest}, not {expected}.", "Fetch or pack it again: these are other bytes.");
    }

    private static async Task LendAsync(GitRepository basis, string quarantine, CancellationToken cancellation)
    {
        var objects = await basis.Git.RunAsync(cancellation, "rev-parse", "--path-format=absolute", "--git-path", "objects");
        await File.WriteAllTextAsync(Path.Combine(quarantine, "objects", "info", "alternates"), objects.Text + "\n", cancellation);
    }

    private static void Require(GitAnswer answer, string path, string what)
    {
        if (answer.Exit != 0)
        {
            var lacks = answer.Errors.Contains("prerequisite", StringComparison.Ordinal);
            throw new SourceException(
                SourceCodes.ArtifactMalformed,
                $"The bundle '{path}' is refused: {what}: {answer.Complaint}.",
                lacks ? "It is incremental: name a repository that has the commits before it with --repo, or pack a full one." : "Pack the commit again.");
        }
    }
}
