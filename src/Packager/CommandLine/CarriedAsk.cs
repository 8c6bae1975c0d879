using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Pushing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.CommandLine;

/// <summary>What is to be released, as the command line says it: a commit of a repository, or an artifact that was carried here.</summary>
internal sealed record CarriedAsk(string? Artifact, string? Manifest, string? Digest)
{
    private static ReadOnlySpan<byte> BundleMark => "# v"u8;

    /// <param name="ask">Names the commit and the repository.</param>
    /// <param name="namesCommit">Whether the commit was given, and not only its default.</param>
    /// <param name="namesRepository">The same of the repository.</param>
    public async Task<IReleaseSource> OpenAsync(PushAsk ask, bool namesCommit, bool namesRepository, Surroundings here, CancellationToken cancellation)
    {
        if (Artifact is null)
        {
            if (Manifest is not null || Digest is not null)
            {
                throw CommandException.Usage("--manifest and --sha256 belong to an artifact, and none is named", "name it with --artifact");
            }

            return await RepositorySource.BeginAsync(ask.Repository, ask.Commit, UserFolders.Cache(here), cancellation);
        }

        var path = Path.GetFullPath(Artifact, here.Folder);
        if (!File.Exists(path))
        {
            throw CommandException.Usage($"there is no file '{path}'", "name the tar or bundle that `iucutter pack` wrote");
        }

        var digest = Digest is null ? (Sha256Digest?)null : Sha256Digest.TryParse(Digest, out var known) ? known : throw CommandException.Usage($"--sha256 '{Digest}' is no sha256", "give 64 hex digits");
        var manifest = await ManifestAsync(path, here, cancellation);
        if (await IsBundleAsync(path, cancellation))
        {
            var basis = namesRepository ? await GitRepository.OpenAsync(ask.Repository, cancellation) : null;
            return await BundleSource.OpenAsync(path, namesCommit ? ask.Commit : null, manifest, digest, basis, cancellation);
        }

        if (namesCommit || namesRepository)
        {
            throw CommandException.Usage("a tar is one commit already: COMMIT and --repo are for a bundle", "leave them out");
        }

        return await TarSource.OpenAsync(
            path,
            manifest ?? throw CommandException.Usage($"a tar is released with its manifest, and there is none at '{path}.manifest'", "carry it here too, or name it with --manifest"),
            digest,
            cancellation);
    }

    /// <summary>By how the file begins: a bundle, or else a tar.</summary>
    public static async Task<bool> IsBundleAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var begin = new byte[3];
        return await file.ReadAtLeastAsync(begin, begin.Length, throwOnEndOfStream: false, cancellation) == begin.Length && begin.AsSpan().SequenceEqual(BundleMark);
    }

    private async Task<Manifest?> ManifestAsync(string artifact, Surroundings here, CancellationToken cancellation)
    {
        var path = Manifest is null ? artifact + ".manifest" : Path.GetFullPath(Manifest, here.Folder);
        if (Manifest is null && !File.Exists(path))
        {
            return null;
        }

        try
        {
            return Manifests.Manifest.Parse(await File.ReadAllBytesAsync(path, cancellation));
        }
        catch (ManifestException e)
        {
            throw CommandException.Usage($"'{path}' is no manifest: {e.Message}", "name the one that `iucutter pack` wrote beside the artifact");
        }
        catch (IOException e)
        {
            throw CommandException.Usage($"'{path}' cannot be read: {e.Message}", "name the manifest with --manifest");
        }
    }
}
