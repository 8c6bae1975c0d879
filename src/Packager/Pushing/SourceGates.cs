using System.Diagnostics;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.Pushing;

/// <summary>Gates G0, G1 and G2, on the source host. What they find missing keeps the target from being touched at all.</summary>
/// <param name="reached">Ends when the target has answered; awaited before the payload's tests, which take long.</param>
internal sealed class SourceGates(PushSubject subject, PushAsk ask, IOperationView view, Surroundings here, Task reached) : IAsyncDisposable
{
    private const int MostHitsShown = 10;

    private readonly List<GateResult> _gates = [];
    private DigestCache? _cache;

    public IReadOnlyList<GateResult> Gates => _gates;

    /// <summary>The first gate that is neither PASS nor PARTIAL; null when there is none.</summary>
    public GateResult? Stopper => _gates.FirstOrDefault(g => g.Outcome is not (Outcome.Pass or Outcome.Partial));

    /// <summary>Null until G1 has read them.</summary>
    public ReleaseContents? Contents { get; private set; }

    /// <summary>The commit made into an archive, by reading all of it anew; null where nothing needed that.</summary>
    private Artifact? Artifact { get; set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        // The commit is read while git looks for what is not committed: either takes as long as the other where there are many files.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadAsync(ended.Token);
        try
        {
            await GateAsync(GateId.G0, list => EnvironmentAsync(list, cancellation));
            await GateAsync(GateId.G1, list => LocalSourceAsync(list, reading, cancellation));
            await GateAsync(GateId.G2, list => ArtifactAsync(list, cancellation));
        }
        finally
        {
            await ended.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Contents?.Dispose();
        Artifact?.Dispose();
        await (_cache?.Saved ?? Task.CompletedTask);
    }

    private async Task GateAsync(GateId gate, Func<CheckList, Task> work)
    {
        var clock = Stopwatch.GetTimestamp();
        GateResult result;
        if (Stopper is { } stopper)
        {
            result = GateResult.NotExecuted(gate, $"{stopper.Gate} is {stopper.Outcome.Word()}");
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
        var (source, commit) = (subject.Source, subject.Commit);
        list.Observe("commit", "the commit is in its source", "one commit", () => Observation.Held(
            $"commit {commit.Id[..12]}{(commit.Tag is { } tag ? $", tag {tag}" : "")}{(commit.Ref is { } name ? $", {name}" : "")}",
            ("commit", commit.Id),
            ("tree", commit.Tree),
            ("source", source.Format),
            ("place", commit.Remote ?? source.Place)));
        WorkTreeState? state = null;
        var isRequired = subject.Configuration.Source.Clean == CleanTreeRule.Required;
        var (clean, rule) = isRequired
            ? ("the work tree holds nothing that the commit does not", "a clean work tree")
            : ("it is known what the work tree holds that the commit does not", "any state, reported");
        await list.ObserveAsync("clean", clean, rule, async () =>
        {
            state = await source.ReadWorkTreeAsync(cancellation);
            return state is null ? Observation.Held("no work tree") : Judge(state, isRequired);
        });
        list.Observe("configuration", "what is to be checked is known", "a test and a smoke, or their gaps by name", () => Observation.Held(ConfigurationRead(state)));
        foreach (var part in (string[])["test", "smoke"])
        {
            list.Observe($"has-{part}", $"the release has a {part}", $"a {part} command", () => subject.Has(part)
                ? Observation.Held($"{part} known")
                : subject.Gaps.FirstOrDefault(g => g.Id == $"no-{part}") is { } gap
                    ? Observation.CouldNotRun(gap.Statement, gap)
                    : Observation.CouldNotRun(
                        $"neither {ReleaseConfiguration.FileName} nor detection names one; write `{part}:` into {ReleaseConfiguration.FileName}, or push with `--without {part}`"));
        }

        NameOtherGaps(list);
    }

    /// <summary>Compile, import and assertions may be missing from a payload; left out by someone's word they are a gap all the same.</summary>
    private void NameOtherGaps(CheckList list)
    {
        foreach (var gap in subject.Gaps.Where(g => g.Id is not ("no-test" or "no-smoke" or "no-scan" or "no-reproduction")))
        {
            list.Observe(gap.Id, "every part of the configuration is run", "nothing left out", () => Observation.CouldNotRun(gap.Statement, gap));
        }
    }

    private static Observation Judge(WorkTreeState state, bool isRequired) => state.IsClean
        ? Observation.Held("work tree clean", ("paths not committed", 0))
        : Observation.Of(
            !isRequired,
            state.Sentence,
            ("paths not committed", state.DirtyCount),
            ("first of them", state.DirtyPaths[0]));

    /// <summary>A file that someone has just written is not the one that counts until it is committed.</summary>
    private string ConfigurationRead(WorkTreeState? state)
    {
        var said = subject.IsConfigured
            ? $"{ReleaseConfiguration.FileName} of the commit"
            : $"no {ReleaseConfiguration.FileName}{(subject.Detection is { } found ? $"; {found.Sentence}" : "")}";
        if (state?.DirtyPaths.Any(p => p.ToString() == ReleaseConfiguration.FileName) != true)
        {
            return said;
        }

        view.Note($"{ReleaseConfiguration.FileName} in the work tree is not committed: the push goes by {(subject.IsConfigured ? "the commit's" : "a commit that has none")}");
        return said + "; the one in the work tree is not committed and not used";
    }

    private async Task<ReleaseContents> ReadAsync(CancellationToken cancellation)
    {
        _cache = Cache();
        Contents = await subject.Source.ReadAsync(Request(GateId.G1, "reading"), _cache, cancellation);
        Footprint.Settle(Contents.Manifest.Entries.Count);
        return Contents;
    }

    private async Task LocalSourceAsync(CheckList list, Task<ReleaseContents> reading, CancellationToken cancellation)
    {
        await list.ObserveAsync("tree", "the commit's tree can be released", "no submodule, no LFS pointer, no path or link that leaves it", async () =>
        {
            var entries = (await reading).Manifest.Entries.Count;
            return Observation.Held($"{Amount.Count(entries, "path")} read", ("entries", entries));
        });
        if (Contents is null)
        {
            return;
        }

        list.Observe("scan", "the commit's tree holds nothing forbidden", "no hit", () => Judge(Contents.Findings, subject.NoScan));
        await reached;
        if (list.MayGoOn)
        {
            await new SourceTests(subject, ask, view, here, () => ArchiveAsync(GateId.G1, cancellation)).RunAsync(list, cancellation);
        }
    }

    private async Task ArtifactAsync(CheckList list, CancellationToken cancellation)
    {
        var manifest = Contents?.Manifest ?? throw new InvalidOperationException("G2 runs only after G1 has read the contents.");
        list.Observe("made", "the manifest of the commit is made", "every file of the commit's tree", () => Observation.Held(
            $"{Amount.Count(manifest.Entries.Count, "file")}, {Amount.Bytes(manifest.ContentBytes)}, manifest sha256 {manifest.Digest.Short}…",
            ("files", manifest.Entries.Count),
            ("bytes", manifest.ContentBytes),
            ("manifest sha256", manifest.Digest)));
        if (subject.Source is { FileDigest: { } digest } carried)
        {
            list.Observe("carried", "what is in the file is what its manifest says", carried.Expected is { } packed ? $"manifest sha256 {packed.Digest}" : "a manifest beside it", () => carried.Expected is { } expected
                ? Observation.Of(expected.Digest == manifest.Digest, $"{carried.Format} sha256 {digest.Short}…", ($"{carried.Format} sha256", digest), ("manifest sha256", manifest.Digest))
                : Observation.Held($"no manifest beside it; {carried.Format} sha256 {digest.Short}…", ($"{carried.Format} sha256", digest)));
        }

        if (subject.Configuration.Format == ArtifactFormat.Bundle && subject.Source.Repository is { } repository)
        {
            list.Observe("history", "the history that a bundle holds is here", "no shallow clone", () => repository.IsShallow
                ? Observation.CouldNotRun($"{repository.Root} is a shallow clone, and {ReleaseConfiguration.FileName} says `format: bundle`: run `git fetch --unshallow` there, or write `format: tar`")
                : Observation.Held("history whole"));
        }

        await list.ObserveAsync("reproduced", "made a second time, as an archive and from every object anew, it is the same", $"manifest sha256 {manifest.Digest}", async () =>
        {
            if (subject.NoReproduction is { } gap)
            {
                return Observation.CouldNotRun(gap.Statement, gap);
            }

            var again = await ArchiveAsync(GateId.G2, cancellation);
            return Observation.Of(
                again.Manifest.Digest == manifest.Digest,
                again.Manifest.Digest == manifest.Digest ? $"reproduced, tar sha256 {again.TarDigest.Short}…" : $"manifest sha256 {again.Manifest.Digest}",
                ("tar bytes", again.TarSize),
                ("tar sha256", again.TarDigest));
        });
        list.Observe("scan", "what was read the second time holds nothing forbidden", "no hit", () =>
            Judge(Artifact?.TreeFindings ?? ScanFindings.None, subject.NoScan ?? subject.NoReproduction));
    }

    private async Task<Artifact> ArchiveAsync(GateId gate, CancellationToken cancellation)
    {
        Artifact ??= await subject.Source.ArchiveAsync(Request(gate, "packing"), cancellation);
        Footprint.Settle(Artifact.Manifest.Entries.Count);
        return Artifact;
    }

    private DigestCache Cache() => UserFolders.Cache(here) is { } folder ? DigestCache.Open(folder, subject.Source.Place) : DigestCache.None();

    private ArtifactRequest Request(GateId gate, string what) => new(subject.Configuration.Name, subject.Commit)
    {
        ExportAttributes = subject.Configuration.Source.ExportAttributes,
        Scan = subject.NoScan is null ? new ContentScan(subject.ScanRules) : null,
        Progress = p => ProgressOf(gate, what, p.Files),
    };

    /// <summary>Shown once it is the gate's turn: the reading begins before it.</summary>
    private void ProgressOf(GateId gate, string what, int files)
    {
        if (_gates.Count == (int)gate)
        {
            view.Progress("", gate.ToString(), what, files, 0, "files");
        }
    }

    private static Observation Judge(ScanFindings findings, Gap? notMade)
    {
        if (notMade is { } gap)
        {
            return Observation.CouldNotRun(gap.Statement, gap);
        }

        var seen = findings.IsClean
            ? "scan clean"
            : string.Join("; ", findings.Hits.Take(MostHitsShown)) + (findings.Count > MostHitsShown ? $"; and {findings.Count - MostHitsShown} more" : "");
        return Observation.Of(findings.IsClean, seen, ("files", findings.FilesScanned), ("bytes", findings.BytesScanned), ("hits", findings.Count));
    }
}
