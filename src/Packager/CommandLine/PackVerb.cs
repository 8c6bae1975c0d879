using System.CommandLine;
using IuCutter.Digests;
using IuCutter.Manifests;
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
        var output = new Option<string?>("--output", "-o") { Description = "Where the artifact goes (else NAME-COMMIT.tar or .bundle here)", HelpName = "FILE" };
        var manifest = new Option<string?>("--manifest", "-m") { Description = "Where the manifest goes (else beside the artifact, with .manifest at its end)", HelpName = "FILE" };
        var format = new Option<string>("--format", "-f")
        {
            Description = "tar: the commit's files, the same bytes everywhere; bundle: the commit with its history, as `git clone` takes it",
            DefaultValueFactory = _ => "tar",
        };
        format.AcceptOnlyFromAmong("tar", "bundle");
        var since = new Option<string?>("--since") { Description = "A bundle of what came after this revision only, for whoever has it", HelpName = "REVISION" };
        return new Verb(
                "pack",
                "Makes a commit's artifact and manifest as files, to be carried to where `push --artifact` is run.",
                "iucutter pack v0.6.0 -o payload.tar",
                "iucutter pack v0.6.0 --format bundle --since v0.5.0")
            .With(commit, repository, name, output, manifest, format, since, json)
            .Does(async (parsed, cancellation) =>
            {
                var isBundle = parsed.GetValue(format) == "bundle";
                if (parsed.GetValue(since) is not null && !isBundle)
                {
                    throw CommandException.Usage("--since makes an incremental bundle, and the format is tar", "add --format bundle");
                }

                var ask = new PushAsk(parsed.GetRequiredValue(repository), parsed.GetRequiredValue(commit), parsed.GetValue(name));
                var subject = await PushSubject.ReadAsync(ask, cancellation);
                var file = Asks.Place(
                    parsed.GetValue(output) ?? $"{subject.Configuration.Name}-{subject.Commit.Id[..12]}.{parsed.GetValue(format)}", "--output", here);
                var beside = Asks.Place(parsed.GetValue(manifest) ?? file + ".manifest", "--manifest", here);
                MustDiffer(file, beside);
                using var artifact = await ArchiveAsync(subject, isBundle ? null : file, here, cancellation);
                var (digest, size) = isBundle
                    ? await BundleAsync(ask.Repository, subject.Commit, parsed.GetValue(since), file, cancellation)
                    : (artifact.TarDigest, artifact.TarSize);
                await File.WriteAllBytesAsync(beside + ".new", artifact.Manifest.CanonicalBytes, cancellation);
                File.Move(beside + ".new", beside, overwrite: true);
                Say(artifact.Manifest, (file, digest, size), beside, parsed.GetValue(json), here);
                return ExitCode.Passed;
            });
    }

    private static void MustDiffer(string file, string manifest)
    {
        if (file == manifest)
        {
            throw CommandException.Usage($"the artifact and its manifest cannot both be {file}", "name another file with --manifest, or none");
        }
    }

    private static async Task<(Sha256Digest Digest, long Size)> BundleAsync(
        string folder, SourceCommit commit, string? since, string file, CancellationToken cancellation)
    {
        var repository = await GitRepository.OpenAsync(folder, cancellation);
        string[] before = since is null ? [] : [(await repository.ResolveAsync(since, cancellation)).Id];
        return await BundleWriter.WriteAsync(repository, commit, before, file, cancellation);
    }

    /// <summary>What lies at the file's name stays until the new artifact is whole and clean.</summary>
    private static async Task<Artifact> ArchiveAsync(PushSubject subject, string? file, Surroundings here, CancellationToken cancellation)
    {
        var unfinished = file is null ? null : file + ".new";
        try
        {
            var artifact = await ScannedAsync(subject, unfinished, here, cancellation);
            if (unfinished is not null)
            {
                File.Move(unfinished, file!, overwrite: true);
            }

            return artifact;
        }
        finally
        {
            if (unfinished is not null)
            {
                File.Delete(unfinished);
            }
        }
    }

    private static async Task<Artifact> ScannedAsync(PushSubject subject, string? file, Surroundings here, CancellationToken cancellation)
    {
        var artifact = await subject.Source.ArchiveAsync(
            new ArtifactRequest(subject.Configuration.Name, subject.Commit)
            {
                ExportAttributes = subject.Configuration.Source.ExportAttributes,
                Scan = new ContentScan(subject.ScanRules),
                OutputPath = file,
                Progress = p => here.Errors.Passing($"packing {Amount.Count(p.Files, "file")}, {Amount.Bytes(p.Bytes)}"),
            },
            cancellation);
        here.Errors.EndPassing();
        if (artifact.TreeFindings.IsClean)
        {
            return artifact;
        }

        artifact.Dispose();
        throw FoundForbidden(artifact.TreeFindings);
    }

    private static CommandException FoundForbidden(ScanFindings findings) => new(
        ExitCode.Blocked,
        "FORBIDDEN_CONTENT",
        string.Join('\n', findings.Hits.Take(10).Select(h => h.ToString()).Prepend($"{Amount.Count(findings.Count, "hit")} of the scan; nothing was written")),
        $"take it out of the commit, or if it is meant to be released write under forbid: allow: {findings.Hits[0].AllowLine}");

    private static void Say(
        Manifest manifest, (string Path, Sha256Digest Digest, long Size) artifact, string beside, bool json, Surroundings here)
    {
        if (json)
        {
            new JsonLines(here.Out).Write(j =>
            {
                j.WriteString("artifact", artifact.Path);
                j.WriteString("sha256", artifact.Digest.ToString());
                j.WriteNumber("bytes", artifact.Size);
                j.WriteString("manifest", beside);
                j.WriteString("manifestSha256", manifest.Digest.ToString());
                j.WriteString("release", manifest.ReleaseId.ToString());
                j.WriteNumber("files", manifest.Entries.Count);
            });
            return;
        }

        here.Screen.Line($"{artifact.Digest}  {artifact.Path}");
        here.Screen.Line($"{manifest.Digest}  {beside}");
        here.Screen.Line($"release {manifest.ReleaseId}, {Amount.Count(manifest.Entries.Count, "file")}, {Amount.Bytes(artifact.Size)}");
    }
}
