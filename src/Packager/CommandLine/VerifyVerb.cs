using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using IuCutter.Digests;
using IuCutter.Ledgers;
using IuCutter.Manifests;
using IuCutter.Packager.Following;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;
using IuCutter.Reports;

namespace IuCutter.Packager.CommandLine;

internal static class VerifyVerb
{
    public static Verb Make(Surroundings here)
    {
        var file = new Argument<string>("PATH") { Description = "An artifact (tar or bundle), an unpacked folder, a release on its target, a report, or ledger lines" };
        var manifest = new Option<string?>("--manifest", "-m") { Description = "An artifact's or folder's manifest (else PATH.manifest, where that is there)", HelpName = "FILE" };
        var digest = new Option<string?>("--sha256") { Description = "The sha256 that the artifact must have", HelpName = "HEX" };
        var repository = new Option<string?>("--repo") { Description = "A repository that has the commits before an incremental bundle", HelpName = "PATH" };
        var json = Asks.Json();
        var report = new Option<string?>("--report") { Description = "The report of the push that brought the release: its manifest must be the one that was signed there", HelpName = "DIR" };
        var receipt = new Option<string?>("--receipt") { Description = "The receipt of ledger lines (else receipt.json beside them)", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "The agent's public key, or its fingerprint SHA256:…, as `iucutter status` shows it", HelpName = "KEY" };
        return new Verb(
                "verify",
                "Reads what it is given and believes nothing; asks no target. Says in one sentence what it proved.",
                "iucutter verify payload.tar --sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "iucutter verify ./unpacked --manifest payload.tar.manifest",
                "iucutter verify ./report-op-20260102-030405-a1b2c3 --key SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDVdy+Nsdt3XSQ0rHk",
                "iucutter verify /srv/apps/.iucutter/releases/app-3f2a1b0c9d8e-0a1b2c3d4e5f --report ./report-op-20260102-030405-a1b2c3")
            .With(file, manifest, digest, repository, report, receipt, key, json)
            .Does(async (parsed, cancellation) =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file), here.Folder);
                var (what, uses, prove) = path switch
                {
                    _ when ReportFolder.IsOne(path) => (
                        "a report", (Option[])[key], (Func<Task<string>>)(() => ReportAsync(path, parsed.GetValue(key), cancellation))),
                    _ when parsed.GetValue(report) is { } proof => (
                        "a release", [report, key], () => ReleaseAsync(path, Path.GetFullPath(proof, here.Folder), parsed.GetValue(key), cancellation)),
                    _ when path.EndsWith(".jsonl", StringComparison.Ordinal) => (
                        "ledger lines", [receipt, key], () => LedgerAsync(path, ReceiptOf(path, parsed.GetValue(receipt), here), parsed.GetValue(key), cancellation)),
                    _ => (
                        "an artifact or a folder", [manifest, digest, repository], () => PayloadAsync(path, parsed.GetValue(manifest), parsed.GetValue(digest), parsed.GetValue(repository), here, cancellation)),
                };
                MustCount(parsed, path, what, [.. ((Option[])[manifest, digest, repository, report, receipt, key]).Except(uses)]);
                var proved = await prove();
                Say(path, proved, parsed.GetValue(json), here);
                return ExitCode.Passed;
            });
    }

    /// <summary>Whoever names what is to be held against something must not be told that all holds while it was not looked at.</summary>
    private static void MustCount(ParseResult parsed, string path, string what, IEnumerable<Option> others)
    {
        if (others.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } other)
        {
            throw CommandException.Usage($"{path} is verified as {what}, and {other.Name} says nothing of one", $"leave {other.Name} out, or name what it belongs to");
        }
    }

    private static void Say(string path, string proved, bool json, Surroundings here)
    {
        if (!json)
        {
            here.Screen.Line(proved);
            return;
        }

        new JsonLines(here.Out).Write(members =>
        {
            members.WriteString("path", path);
            members.WriteBoolean("holds", true);
            members.WriteString("proved", proved);
        });
    }

    private static string ReceiptOf(string ledger, string? named, Surroundings here) =>
        named is null ? Path.Combine(Path.GetDirectoryName(ledger)!, ReportPackage.ReceiptFile) : Path.GetFullPath(named, here.Folder);

    private static async Task<string> ReportAsync(string path, string? key, CancellationToken cancellation)
    {
        var (record, receipt, files) = await ReportFolder.VerifyAsync(path, cancellation);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{path} holds: ledger lines {record.Lines.First} to {record.Lines.Last} are as {Signer(receipt, key)} signed them, the rules give every outcome and {(record.End is { } end ? $"verdict {end.Verdict}" : "no verdict yet")} from them again, and all {files} files say what the lines say");
    }

    private static async Task<string> LedgerAsync(string path, string receiptPath, string? key, CancellationToken cancellation)
    {
        var (entries, receipt) = await ReportFolder.VerifyLinesAsync(path, receiptPath, cancellation);
        var operations = entries.Where(e => e.Operation.Length > 0).Select(e => e.Operation).Distinct(StringComparer.Ordinal).ToList();
        foreach (var operation in operations.Where(o => entries.Any(e => e.Operation == o && e.Event is LedgerEvent.OperationBegun)))
        {
            if (Recomputation.Contradictions(OperationRecord.Of(operation, entries)) is [var first, ..])
            {
                throw new CommandException(ExitCode.Blocked, "DOES_NOT_VERIFY", $"{path} does not hold: {operation}: {first}", "believe nothing of it");
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{path} holds: lines {entries[0].Seq} to {entries[^1].Seq} follow one another, none changed, removed, moved or cut off, as {Signer(receipt, key)} signed them; the rules give every outcome of {Amount.Count(operations.Count, "operation")} again");
    }

    private static async Task<string> ReleaseAsync(string folder, string report, string? key, CancellationToken cancellation)
    {
        var (record, receipt, _) = await ReportFolder.VerifyAsync(report, cancellation);
        var signed = record.Order.Push?.ManifestSha256 ?? throw CommandException.Usage($"{report} is the report of a {record.Order.Operation}, which brings no manifest", "name the report of the push");
        var manifestPath = Path.Combine(folder, "manifest");
        if (!File.Exists(manifestPath) || !Directory.Exists(Path.Combine(folder, "tree")))
        {
            throw CommandException.Usage($"'{folder}' is no release: it has no manifest and no tree", "name the release's folder, which `iucutter releases` shows above /tree");
        }

        var manifest = await ParseAsync(manifestPath, cancellation);
        if (manifest.Digest.ToString() != signed)
        {
            throw new CommandException(ExitCode.Blocked, "DOES_NOT_VERIFY", $"{folder} does not hold: its manifest has sha256 {manifest.Digest}, the signed report says {signed}", "it is another release, or was changed");
        }

        var entries = await DirectoryTree.ReadAsync(Path.Combine(folder, "tree"), cancellation);
        MustEqual(entries, manifest.CommitTimeUnix, manifest);
        return $"{folder} holds: {Amount.Count(entries.Count, "file")}, every one as in the manifest of {record.Order.Release}, which {Signer(receipt, key)} signed, and no other";
    }

    /// <summary>Whose signature it is, as far as can be said; a key that was named must be the one.</summary>
    private static string Signer(LedgerReceipt receipt, string? key)
    {
        var print = receipt.Fingerprint;
        if (key is null)
        {
            return $"the key {print} (compare it with what `iucutter status` shows, or name it with --key)";
        }

        var plain = string.Concat(key.Split('\n').Where(l => !l.StartsWith('-'))).Trim();
        return plain == print || plain == receipt.PublicKey
            ? $"the key {print} that was named"
            : throw new CommandException(ExitCode.Blocked, "WRONG_KEY", $"it is signed with the key {print}, not with the one that was named", "take the key from the agent that is meant: `iucutter status`");
    }

    private static async Task<string> PayloadAsync(string path, string? manifest, string? digest, string? repository, Surroundings here, CancellationToken cancellation)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw CommandException.Usage($"there is nothing at '{path}'", "name an artifact, a directory or a report that is there");
        }

        var wanted = digest is { } hex
            ? Sha256Digest.TryParse(hex, out var named) ? named : throw CommandException.Usage($"--sha256 '{hex}': 64 lower-case hex digits are wanted")
            : (Sha256Digest?)null;
        var against = await ManifestAsync(path, manifest, here, cancellation);
        if (wanted is null && against is null)
        {
            throw CommandException.Usage("there is nothing to verify it against", "name its manifest with --manifest, or its sha256 with --sha256; a report with --report");
        }

        if (Directory.Exists(path))
        {
            return wanted is null
                ? await FolderAsync(path, against!, cancellation)
                : throw CommandException.Usage("a folder has no sha256 of its own", "name the manifest with --manifest");
        }

        return await CarriedAsk.IsBundleAsync(path, cancellation)
            ? await BundleAsync(path, repository, wanted, against, here, cancellation)
            : await ArchiveAsync(path, wanted, against, cancellation);
    }

    private static async Task<string> ArchiveAsync(string path, Sha256Digest? wanted, Manifest? against, CancellationToken cancellation)
    {
        await using var tar = File.OpenRead(path);
        var seen = Sha256Digest.FromBytes(await SHA256.HashDataAsync(tar, cancellation));
        tar.Position = 0;
        var contents = await ArtifactReader.ReadAsync(tar, wanted ?? seen, scan: null, cancellation);
        if (against is not null)
        {
            contents.MustEqual(against);
        }

        return Holds(path, seen, contents.Entries.Count, against);
    }

    /// <summary>A bundle as a push takes it: fetched into a repository of its own, checked by git, and every content read.</summary>
    private static async Task<string> BundleAsync(string path, string? repository, Sha256Digest? wanted, Manifest? against, Surroundings here, CancellationToken cancellation)
    {
        var basis = repository is null ? null : await GitRepository.OpenAsync(Path.GetFullPath(repository, here.Folder), cancellation);
        await using var bundle = await BundleSource.OpenAsync(path, revision: null, against, wanted, basis, cancellation);
        var request = new ArtifactRequest(against?.Name ?? "bundle", bundle.Commit) { ExportAttributes = against?.ExportAttributes ?? false };
        using var contents = await bundle.ReadAsync(request, DigestCache.None(), cancellation);
        if (against is not null)
        {
            MustEqual(contents.Manifest.Entries, contents.Manifest.CommitTimeUnix, against);
        }

        return $"{Holds(path, bundle.FileDigest!.Value, contents.Manifest.Entries.Count, against)}, commit {bundle.Commit.Id}";
    }

    private static void MustEqual(IReadOnlyList<ManifestEntry> entries, long commitTimeUnix, Manifest manifest) =>
        new ArtifactContents(entries, commitTimeUnix, TarSize: 0, ScanFindings.None).MustEqual(manifest);

    private static string Holds(string path, Sha256Digest digest, int files, Manifest? against) =>
        $"{path} holds: sha256 {digest}, {Amount.Count(files, "file")}{(against is null ? "; no manifest was compared" : $", every one as in manifest {against.Digest}")}";

    private static async Task<string> FolderAsync(string folder, Manifest manifest, CancellationToken cancellation)
    {
        var entries = await DirectoryTree.ReadAsync(folder, cancellation);
        MustEqual(entries, manifest.CommitTimeUnix, manifest);
        return $"{folder} holds {Amount.Count(entries.Count, "file")}, every one as in manifest {manifest.Digest}, and no other";
    }

    private static async Task<Manifest?> ManifestAsync(string artifact, string? named, Surroundings here, CancellationToken cancellation)
    {
        var path = named is null ? artifact + ".manifest" : Path.GetFullPath(named, here.Folder);
        return named is null && !File.Exists(path) ? null : await ParseAsync(path, cancellation);
    }

    private static async Task<Manifest> ParseAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return Manifest.Parse(await File.ReadAllBytesAsync(path, cancellation));
        }
        catch (ManifestException e)
        {
            throw new CommandException(ExitCode.Usage, "BAD_MANIFEST", $"{path} is no manifest: {e.Message}", "make it with `iucutter pack` or `iucutter manifest`", e);
        }
    }
}
