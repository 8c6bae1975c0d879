using System.Diagnostics;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.Pushing;

/// <summary>Gates G0, G1 and G2, on the source host. What they find missing keeps the target from being touched at all.</summary>
internal sealed class SourceGates(PushSubject subject, PushAsk ask, IOperationView view, Surroundings here) : IDisposable
{
    private const int MostHitsShown = 10;

    private readonly List<GateResult> _gates = [];

    public IReadOnlyList<GateResult> Gates => _gates;

    /// <summary>The first gate that is neither PASS nor PARTIAL; null when there is none.</summary>
    public GateResult? Stopper => _gates.FirstOrDefault(g => g.Outcome is not (Outcome.Pass or Outcome.Partial));

    /// <summary>Null until G1 has made it.</summary>
    public Artifact? Artifact { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await GateAsync(GateId.G0, list => EnvironmentAsync(list, cancellation));
        await GateAsync(GateId.G1, list => LocalSourceAsync(list, cancellation));
        await GateAsync(GateId.G2, list => ArtifactAsync(list, cancellation));
    }

    public void Dispose() => Artifact?.Dispose();

    private async Task GateAsync(GateId gate, Func<CheckList, Task> work)
    {
        var clock = Stopwatch.GetTimestamp();
        GateResult result;
        if (Stopper is { } stopper)
        {
            result = GateResult.NotExecuted(gate, $"{stopper.Gate} is {stopper.Outcome.Word()}: {stopper.Cause}");
        }
        else
        {
            var list = new CheckList(gate, here.Time, e => e is SourceException or IOException or UnauthorizedAccessException, _ => { });
            await work(list);
            result = GateResult.Of(gate, list.Checks);
        }

        _gates.Add(result);
        view.SourceGate(result, Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
    }

    private async Task EnvironmentAsync(CheckList list, CancellationToken cancellation)
    {
        var (repository, commit) = (subject.Repository, subject.Commit);
        list.Observe("commit", "the commit is in the repository", "one commit", () => Observation.Held(
            $"commit {commit.Id[..12]}{(commit.Tag is { } tag ? $", tag {tag}" : "")}{(commit.Ref is { } name ? $", {name}" : "")}",
            ("commit", commit.Id),
            ("tree", commit.Tree),
            ("git", repository.Version),
            ("repository", commit.Remote ?? repository.Root)));
        await list.ObserveAsync("clean", "the work tree holds nothing that the commit does not", CleanRule(), async () =>
        {
            var state = await repository.ReadWorkTreeAsync(cancellation);
            var isRequired = subject.Configuration.Source.Clean == CleanTreeRule.Required;
            return state is null
                ? Observation.Held("no work tree")
                : Observation.Of(
                    state.IsClean || !isRequired,
                    state.IsClean ? "work tree clean" : $"{state.DirtyCount} paths not committed, so not released (first: {state.DirtyPaths[0]})",
                    ("paths not committed", state.DirtyCount));
        });
        list.Observe("configuration", "what is to be checked is known", "a test and a smoke, or their gaps by name", () => Observation.Held(
            subject.IsConfigured ? $"{ReleaseConfiguration.FileName} of the commit" : $"no {ReleaseConfiguration.FileName}; {subject.Detection?.Sentence}"));
        foreach (var part in (string[])["test", "smoke"])
        {
            list.Observe($"has-{part}", $"the release has a {part}", $"a {part} command", () => subject.Has(part)
                ? Observation.Held($"{part} known")
                : Observation.CouldNotRun(
                    $"neither {ReleaseConfiguration.FileName} nor detection names one; write `{part}:` into {ReleaseConfiguration.FileName}, or push with `--without {part}`",
                    subject.Gaps.FirstOrDefault(g => g.Id == $"no-{part}")));
        }

        NameOtherGaps(list);
    }

    /// <summary>Compile, import and assertions may be missing from a payload; left out by someone's word they are a gap all the same.</summary>
    private void NameOtherGaps(CheckList list)
    {
        foreach (var gap in subject.Gaps.Where(g => g.Id is not ("no-test" or "no-smoke" or "no-scan")))
        {
            list.Observe(gap.Id, "every part of the configuration is run", "nothing left out", () => Observation.CouldNotRun(gap.Statement, gap));
        }
    }

    private string CleanRule() => subject.Configuration.Source.Clean == CleanTreeRule.Required ? "a clean work tree" : "any state, reported";

    private async Task LocalSourceAsync(CheckList list, CancellationToken cancellation)
    {
        await list.ObserveAsync("tree", "the commit's tree can be released", "no submodule, no LFS pointer, no path or link that leaves it", async () =>
        {
            Artifact = await ArtifactBuilder.BuildAsync(subject.Repository, Request(GateId.G1, "packing") with { Scan = Scan() }, cancellation);
            Footprint.Settle(Artifact.Manifest.Entries.Count);
            return Observation.Held($"{Amount.Count(Artifact.Manifest.Entries.Count, "path")} read", ("entries", Artifact.Manifest.Entries.Count));
        });
        if (Artifact is null)
        {
            return;
        }

        list.Observe("scan", "the commit's tree holds nothing forbidden", "no hit", () => Judge(Artifact.TreeFindings));
        if (list.MayGoOn)
        {
            await new SourceTests(subject, ask, view, here).RunAsync(list, Artifact, cancellation);
        }
    }

    private async Task ArtifactAsync(CheckList list, CancellationToken cancellation)
    {
        var artifact = Artifact ?? throw new InvalidOperationException("G2 runs only after G1 has made the artifact.");
        var manifest = artifact.Manifest;
        list.Observe("made", "the artifact and its manifest are made", "every file of the commit's tree", () => Observation.Held(
            $"{Amount.Count(manifest.Entries.Count, "file")}, {Amount.Bytes(manifest.ContentBytes)}, tar sha256 {artifact.TarDigest.Short}…",
            ("files", manifest.Entries.Count),
            ("bytes", manifest.ContentBytes),
            ("tar bytes", artifact.TarSize),
            ("tar sha256", artifact.TarDigest),
            ("manifest sha256", manifest.Digest)));
        await list.ObserveAsync("reproduced", "made a second time it is the same", $"sha256 {artifact.TarDigest}", async () =>
        {
            var again = await ArtifactBuilder.ReproduceAsync(subject.Repository, Request(GateId.G2, "making it again"), cancellation);
            Footprint.Settle(manifest.Entries.Count);
            return Observation.Of(again == artifact.TarDigest, again == artifact.TarDigest ? "reproduced" : $"sha256 {again}");
        });
        await list.ObserveAsync("scan", "the artifact as it was written holds nothing forbidden, and just the manifest's entries", "no hit", async () =>
        {
            await using var tar = artifact.OpenTar();
            var contents = await ArtifactReader.ReadAsync(tar, artifact.TarDigest, Scan(), cancellation);
            contents.MustEqual(manifest);
            Footprint.Settle(manifest.Entries.Count);
            return Judge(contents.Findings);
        });
    }

    private ArtifactRequest Request(GateId gate, string what) => new(subject.Configuration.Name, subject.Commit)
    {
        ExportAttributes = subject.Configuration.Source.ExportAttributes,
        Progress = p => view.Progress("", gate.ToString(), what, p.Files, 0, "files"),
    };

    private ContentScan? Scan() => subject.NoScan is null ? new ContentScan(subject.ScanRules) : null;

    private Observation Judge(ScanFindings findings)
    {
        if (subject.NoScan is { } gap)
        {
            return Observation.CouldNotRun(gap.Statement, gap);
        }

        var seen = findings.IsClean
            ? "scan clean"
            : string.Join("; ", findings.Hits.Take(MostHitsShown)) + (findings.Count > MostHitsShown ? $"; and {findings.Count - MostHitsShown} more" : "");
        return Observation.Of(findings.IsClean, seen, ("files", findings.FilesScanned), ("bytes", findings.BytesScanned), ("hits", findings.Count));
    }
}
