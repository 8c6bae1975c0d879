using System.CommandLine;
using IuCutter.Packager.Pushing;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.CommandLine;

internal static class PackVerb
{
    public static Verb Make(Surroundings here)
    {
        var (commit, repository, name, json) = (Asks.Commit(), Asks.Repository(), Asks.Name(), Asks.Json());
        var output = new Option<string?>("--output", "-o") { Description = "Where the artifact goes (else NAME-COMMIT.tar here)", HelpName = "FILE" };
        var manifest = new Option<string?>("--manifest", "-m") { Description = "Where the manifest goes (else beside the artifact, with .manifest at its end)", HelpName = "FILE" };
        return new Verb("pack", "Makes a commit's artifact and manifest as files; the same commit gives the same bytes everywhere.", "iucutter pack v0.6.0 -o payload.tar")
            .With(commit, repository, name, output, manifest, json)
            .Does(async (parsed, cancellation) =>
            {
                var ask = new PushAsk(parsed.GetRequiredValue(repository), parsed.GetRequiredValue(commit), parsed.GetValue(name));
                var subject = await PushSubject.ReadAsync(ask, cancellation);
                var file = Path.GetFullPath(parsed.GetValue(output) ?? $"{subject.Configuration.Name}-{subject.Commit.Id[..12]}.tar", here.Folder);
                var beside = Path.GetFullPath(parsed.GetValue(manifest) ?? file + ".manifest", here.Folder);
                using var artifact = await ArtifactBuilder.BuildAsync(
                    subject.Repository,
                    new ArtifactRequest(subject.Configuration.Name, subject.Commit)
                    {
                        ExportAttributes = subject.Configuration.Source.ExportAttributes,
                        Scan = new ContentScan(subject.ScanRules),
                        OutputPath = file,
                        Progress = p => here.Errors.Passing($"packing {Amount.Count(p.Files, "file")}, {Amount.Bytes(p.Bytes)}"),
                    },
                    cancellation);
                here.Errors.EndPassing();
                if (!artifact.TreeFindings.IsClean)
                {
                    File.Delete(file);
                    throw FoundForbidden(artifact.TreeFindings);
                }

                await File.WriteAllBytesAsync(beside + ".new", artifact.Manifest.CanonicalBytes, cancellation);
                File.Move(beside + ".new", beside, overwrite: true);
                Say(artifact, file, beside, parsed.GetValue(json), here);
                return ExitCode.Passed;
            });
    }

    private static CommandException FoundForbidden(ScanFindings findings) => new(
        ExitCode.Blocked,
        "FORBIDDEN_CONTENT",
        string.Join('\n', findings.Hits.Take(10).Select(h => h.ToString()).Prepend($"{Amount.Count(findings.Count, "hit")} of the scan; nothing was written")),
        $"take it out of the commit, or if it is meant to be released write under forbid: allow: {findings.Hits[0].AllowLine}");

    private static void Say(Artifact artifact, string file, string manifest, bool json, Surroundings here)
    {
        if (json)
        {
            new JsonLines(here.Out).Write(j =>
            {
                j.WriteString("artifact", file);
                j.WriteString("sha256", artifact.TarDigest.ToString());
                j.WriteNumber("bytes", artifact.TarSize);
                j.WriteString("manifest", manifest);
                j.WriteString("manifestSha256", artifact.Manifest.Digest.ToString());
                j.WriteString("release", artifact.Manifest.ReleaseId.ToString());
                j.WriteNumber("files", artifact.Manifest.Entries.Count);
            });
            return;
        }

        here.Screen.Line($"{artifact.TarDigest}  {file}");
        here.Screen.Line($"{artifact.Manifest.Digest}  {manifest}");
        here.Screen.Line($"release {artifact.Manifest.ReleaseId}, {Amount.Count(artifact.Manifest.Entries.Count, "file")}, {Amount.Bytes(artifact.TarSize)}");
    }
}
