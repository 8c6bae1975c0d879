using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>Where a release comes from: a commit of a repository at hand, or an artifact that was packed on another host.</summary>
internal interface IReleaseSource : IAsyncDisposable
{
    /// <summary>The repository's folder or the artifact's file, for people.</summary>
    public string Place { get; }

    public SourceCommit Commit { get; }

    /// <summary>contents, tar or bundle.</summary>
    public string Format { get; }

    /// <summary>The artifact file's sha256; null where there is no file.</summary>
    public Sha256Digest? FileDigest { get; }

    /// <summary>The manifest that came with the artifact, which what is read must equal; null where none came.</summary>
    public Manifest? Expected { get; }

    /// <summary>The repository that has the commit with its history; null where there is only its tree.</summary>
    public GitRepository? Repository { get; }

    /// <summary>Null where there is no work tree.</summary>
    public Task<WorkTreeState?> ReadWorkTreeAsync(CancellationToken cancellation);

    /// <summary>One small file; null where there is none at this path.</summary>
    public Task<byte[]?> TryReadFileAsync(string path, CancellationToken cancellation);

    /// <summary>Every path, as people write it.</summary>
    public Task<IReadOnlyList<string>> ListPathsAsync(CancellationToken cancellation);

    /// <exception cref="SourceException">It cannot become a release.</exception>
    public Task<ReleaseContents> ReadAsync(ArtifactRequest request, DigestCache cache, CancellationToken cancellation);

    /// <summary>Reads all of it anew, and makes the archive.</summary>
    /// <exception cref="SourceException">It cannot become a release.</exception>
    public Task<Artifact> ArchiveAsync(ArtifactRequest request, CancellationToken cancellation);
}
