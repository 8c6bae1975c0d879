using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// Makes a commit's artifact in one pass over its contents: archive bytes, their sha256, every entry's sha256 and the scan at once.
/// </summary>
public static class ArtifactBuilder
{
    /// <exception cref="SourceException">The commit cannot become a release; nothing is left behind.</exception>
    public static async Task<Artifact> BuildAsync(GitRepository repository, ArtifactRequest request, CancellationToken cancellation)
    {
        await using var source = request.ExportAttributes
            ? await ExportedEntries.OpenAsync(repository.Git, request.Commit.Id, cancellation)
            : (IEntrySource)await CommitEntries.OpenAsync(repository.Git, request.Commit.Tree, cancellation);
        return await BuildAsync(source, request, cancellation);
    }

    /// <exception cref="SourceException">The entries cannot become a release; nothing is left behind.</exception>
    internal static async Task<Artifact> BuildAsync(IEntrySource source, ArtifactRequest request, CancellationToken cancellation)
    {
        var spool = request.OutputPath == null ? SpoolFile.Private() : SpoolFile.Beside(request.OutputPath);
        try
        {
            var built = await WriteAsync(source, request, spool, cancellation);
            Footprint.Settle(built.Writing.Entries.Count);
            var manifest = Manifest.Create(
                request.Name, request.Commit.Id, request.Commit.Tree, request.Commit.TimeUnix, built.Writing.Entries, request.ExportAttributes);
            var offsets = new long[manifest.DistinctContents.Count];
            for (var i = 0; i < manifest.Entries.Count; i++)
            {
                offsets[manifest.ContentOf(i)] = built.Writing.Offsets[i];
            }

            spool.Keep();
            return new Artifact(manifest, built.Digest, built.Size, spool, offsets, built.Writing.Findings);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static async Task<(ArtifactWriting Writing, Sha256Digest Digest, long Size)> WriteAsync(
        IEntrySource source, ArtifactRequest request, SpoolFile spool, CancellationToken cancellation)
    {
        await using var sink = new ArtifactSink(spool.Handle, cancellation);
        var writing = new ArtifactWriting(source, sink, request);
        while (await source.NextAsync(cancellation))
        {
            await writing.AddAsync(cancellation);
        }

        await writing.EndAsync(cancellation);
        return (writing, await sink.CompleteAsync(cancellation), sink.Position);
    }
}
