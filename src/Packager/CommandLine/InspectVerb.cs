using IuCutter.Configuration;
using IuCutter.Packager.Pushing;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.CommandLine;

internal static class InspectVerb
{
    public static Verb Make(Surroundings here)
    {
        var (commit, repository, name, json) = (Asks.Commit(), Asks.Repository(), Asks.Name(), Asks.Json());
        return new Verb("inspect", "Shows what a push of a commit would release and run; asks no target.", "iucutter inspect", "iucutter inspect v0.6.0 --json")
            .With(commit, repository, name, json)
            .Does(async (parsed, cancellation) =>
            {
                var ask = new PushAsk(parsed.GetRequiredValue(repository), parsed.GetRequiredValue(commit), parsed.GetValue(name));
                var subject = await PushSubject.ReadAsync(ask, cancellation);
                var request = new ArtifactRequest(subject.Configuration.Name, subject.Commit)
                {
                    ExportAttributes = subject.Configuration.Source.ExportAttributes,
                    Scan = new ContentScan(subject.ScanRules),
                };
                using var artifact = await subject.Source.ArchiveAsync(request, cancellation);
                if (parsed.GetValue(json))
                {
                    WriteJson(subject, artifact, here);
                }
                else
                {
                    WriteText(subject, artifact, await subject.Source.ReadWorkTreeAsync(cancellation), here.Screen);
                }

                return artifact.TreeFindings.IsClean ? ExitCode.Passed : ExitCode.Blocked;
            });
    }

    private static void WriteJson(PushSubject subject, Artifact artifact, Surroundings here) => new JsonLines(here.Out).Write(json =>
    {
        json.WriteString("release", artifact.Manifest.ReleaseId.ToString());
        json.WriteString("slot", subject.Configuration.Slot);
        json.WriteString("commit", subject.Commit.Id);
        json.WriteNumber("files", artifact.Manifest.Entries.Count);
        json.WriteNumber("bytes", artifact.Manifest.ContentBytes);
        json.WriteString("tarSha256", artifact.TarDigest.ToString());
        json.WriteString("manifestSha256", artifact.Manifest.Digest.ToString());
        json.WriteBoolean("configured", subject.IsConfigured);
        json.WriteString("detected", subject.Detection?.Sentence);
        json.WriteBoolean("hasTest", subject.Has("test"));
        json.WriteBoolean("hasSmoke", subject.Has("smoke"));
        json.WriteNumber("scanHits", artifact.TreeFindings.Count);
        json.WriteStartArray("hits");
        foreach (var hit in artifact.TreeFindings.Hits)
        {
            json.WriteStringValue(hit.ToString());
        }

        json.WriteEndArray();
        json.WritePropertyName("configuration");
        json.WriteRawValue(ReleaseConfigurationJson.Serialize(subject.Configuration));
    });

    private static void WriteText(PushSubject subject, Artifact artifact, WorkTreeState? workTree, Screen screen)
    {
        var manifest = artifact.Manifest;
        screen.Line($"release    {manifest.ReleaseId}");
        screen.Line($"commit     {subject.Commit.Id}  {SafeText.Line(subject.Commit.Subject)}");
        if (workTree is { IsClean: false } dirty)
        {
            screen.Line($"work tree  {dirty.Sentence}");
        }

        screen.Line($"slot       {subject.Configuration.Slot}");
        screen.Line($"files      {manifest.Entries.Count}, {Amount.Bytes(manifest.ContentBytes)}");
        screen.Line($"artifact   tar, {Amount.Bytes(artifact.TarSize)}, sha256 {artifact.TarDigest}");
        screen.Line($"manifest   sha256 {manifest.Digest}");
        screen.Line($"configured by {(subject.IsConfigured ? ReleaseConfiguration.FileName : "nothing")}{(subject.Detection is { } d ? $"; {SafeText.Line(d.Sentence)}" : "")}");
        var c = subject.Configuration;
        Commands(screen, "compile", c.Compile, c.Detected?.Compile.SelectMany(x => x.Commands));
        Commands(screen, "import", c.Import, c.Detected?.Import.SelectMany(x => x.Commands));
        Commands(screen, "test", c.Test?.Select(t => t.Command), c.Detected?.Test.SelectMany(x => x.Commands));
        screen.Line($"assert     {(c.Assert is { Count: > 0 } assertions ? Amount.Count(assertions.Count, "assertion") : "nothing")}");
        Commands(screen, "smoke", c.Smoke, c.Detected?.Smoke.SelectMany(x => x.Commands));
        screen.Line($"anchors    {(c.Anchors.Count > 0 ? SafeText.Line(string.Join(", ", c.Anchors.Select(a => a.Path))) : "none")}");
        screen.Line(artifact.TreeFindings.IsClean ? "scan       clean" : $"scan       {Amount.Count(artifact.TreeFindings.Count, "hit")}: a push would be refused");
        foreach (var hit in artifact.TreeFindings.Hits)
        {
            screen.Line($"  {hit}");
        }
    }

    private static void Commands(Screen screen, string part, IEnumerable<CheckCommand>? configured, IEnumerable<CheckCommand>? detected)
    {
        var lines = (configured ?? detected ?? []).Select(c => SafeText.Line(string.Join(' ', c.Run))).ToList();
        var how = configured is null ? "detected: " : "";
        screen.Line($"{part,-10} {(lines.Count == 0 ? "nothing" : how + lines[0])}");
        foreach (var line in lines.Skip(1))
        {
            screen.Line($"           {(configured is null ? "else: " : "")}{line}");
        }
    }
}
