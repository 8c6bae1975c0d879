using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>A commit of a repository at hand, read from its objects whatever the work tree says.</summary>
internal sealed class RepositorySource(GitRepository repository, SourceCommit commit) : IReleaseSource
{
    public string Place => repository.Root;

    public SourceCommit Commit => commit;

    public string Format => "contents";

    public Sha256Digest? FileDigest => null;

    public Manifest? Expected => null;

    public Task<WorkTreeState?> ReadWorkTreeAsync(CancellationToken cancellation) => repository.ReadWorkTreeAsync(cancellation);

    /// <exception cref="SourceException">GIT_FAILED: git cannot read it.</exception>
    public async Task<byte[]?> TryReadFileAsync(string path, CancellationToken cancellation)
    {
        var answer = await repository.Git.RunAsync(cancellation, "cat-file", "blob", $"{commit.Id}:{path}");
        if (answer.Exit == 0)
        {
            return answer.Output;
        }

        var isAbsent = answer.Errors.Contains("does not exist in", StringComparison.Ordinal) || answer.Errors.Contains("exists on disk, but not in", StringComparison.Ordinal);
        return isAbsent
            ? null
            : throw new SourceException(SourceCodes.GitFailed, $"git cannot read '{path}' of {commit.Id}: {answer.Complaint}.", "Run 'git fsck' and mend what it says.");
    }

    public async Task<IReadOnlyList<string>> ListPathsAsync(CancellationToken cancellation) =>
        [.. (await TreeListing.ReadAsync(repository.Git, commit.Tree, cancellation)).Select(item => item.Path.ToString())];

    public Task<ReleaseContents> ReadAsync(ArtifactRequest request, DigestCache cache, CancellationToken cancellation) =>
        ArtifactBuilder.ReadAsync(repository, request, cache, cancellation);

    public Task<Artifact> ArchiveAsync(ArtifactRequest request, CancellationToken cancellation) => ArtifactBuilder.BuildAsync(repository, request, cancellation);

    public void Dispose()
    {
        // The repository is the user's.
    }
}
