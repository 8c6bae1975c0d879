using System.CommandLine;
using IuCutter.Packager.Pushing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.CommandLine;

internal static class ManifestVerb
{
    public static Verb Make(Surroundings here)
    {
        var (commit, repository, name) = (Asks.Commit(), Asks.Repository(), Asks.Name());
        var format = new Option<string>("--format", "-f")
        {
            Description = "text: the canonical bytes, whose sha256 is the release's identity; sha256sum: what `sha256sum -c` reads",
            DefaultValueFactory = _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "sha256sum");
        return new Verb("manifest", "Prints a commit's manifest.", "iucutter manifest v0.6.0 --format sha256sum | (cd deployed && sha256sum -c)")
            .With(commit, repository, name, format)
            .Does(async (parsed, cancellation) =>
            {
                var ask = new PushAsk(parsed.GetRequiredValue(repository), parsed.GetRequiredValue(commit), parsed.GetValue(name));
                var subject = await PushSubject.ReadAsync(ask, cancellation);
                var request = new ArtifactRequest(subject.Configuration.Name, subject.Commit) { ExportAttributes = subject.Configuration.Source.ExportAttributes };
                using var artifact = await subject.Source.ArchiveAsync(request, cancellation);
                if (parsed.GetValue(format) == "sha256sum")
                {
                    artifact.Manifest.WriteSha256Sum(here.Out);
                }
                else
                {
                    await here.Out.WriteAsync(artifact.Manifest.CanonicalBytes, cancellation);
                }

                await here.Out.FlushAsync(cancellation);
                return ExitCode.Passed;
            });
    }
}
