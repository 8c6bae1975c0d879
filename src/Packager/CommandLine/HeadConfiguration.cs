using IuCutter.Configuration;
using IuCutter.Manifests;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.CommandLine;

/// <summary>The configuration at HEAD of the repository that the command runs in, for what was left unsaid.</summary>
internal static class HeadConfiguration
{
    /// <summary>Null outside a repository, before the first commit, and where HEAD has no iucutter.yaml.</summary>
    /// <exception cref="ConfigurationException">There is one, and it is refused.</exception>
    public static async Task<ReleaseConfiguration?> TryReadAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            var repository = await GitRepository.OpenAsync(folder, cancellation);
            var commit = await repository.ResolveAsync("HEAD", cancellation);
            var yaml = await new RepositorySource(repository, commit).TryReadFileAsync(ReleaseConfiguration.FileName, cancellation);
            return yaml is null ? null : ConfigurationFile.Read(yaml, ReleaseName.FromRepository(repository.Root));
        }
        catch (SourceException)
        {
            // Such a command needs no repository; it only takes a hint from one.
            return null;
        }
    }
}
