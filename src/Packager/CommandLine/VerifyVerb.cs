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
        var file = new Argument<string>("PATH") { Description = "An artifact, an unpacked folder, a release on its target, a report, or ledger lines" };
        var manifest = new Option<string?>("--manifest", "-m") { Description = "An artifact's or folder's manifest (else PATH.manifest, where that is there)", HelpName = "FILE" };
        var digest = new Option<string?>("--sha256") { Description = "The sha256 that the artifact must have", HelpName = "HEX" };
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
            .With(file, manifest, digest, report, receipt, key)
            .Does(async (parsed, cancellation) =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file), here.Folder);
                if (ReportFolder.IsOne(path))
                {
                    return await ReportAsync(path, parsed.GetValue(key), here, cancellation);
                }

                if (parsed.GetValue(report) is { } proof)
                {
                    return await ReleaseAsync(path, Path.GetFullPath(proof, here.Folder), parsed.GetValue(key), here, cancellation);
                }

                if (path.EndsWith(".jsonl", StringComparison.Ordinal))
                {
                    var beside = Path.Combine(Path.GetDirectoryName(path)!, ReportPackage.ReceiptFile);
                    return await LedgerAsync(path, parsed.GetValue(receipt) is { } named ? Path.GetFullPath(named, here.Folder) : beside, parsed.GetValue(key), here, cancellation);
                }

                return await PayloadAsync(path, parsed.GetValue(manifest), parsed.GetValue(digest), here, cancellation);
            });
    }

    private static async Task<ExitCode> ReportAsync(string path, string? key, Surroundings here, CancellationToken cancellation)
    {
        var (record, receipt, files) = await ReportFolder.VerifyAsync(path, cancellation);
        here.Screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} holds: ledger lines {record.Lines.First} to {record.Lines.Last} are as {Signer(receipt, key)} signed them, the rules give every outcome and {(record.End is { } end ? $"verdict {end.Verdict}" : "no verdict yet")} from them again, and all {files} files say what the lines say"));
        return ExitCode.Passed;
    }

    private static async Task<ExitCode> LedgerAsync(string path, string receiptPath, string? key, Surroundings here, CancellationToken cancellation)
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

        here.Screen.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} holds: lines {entries[0].Seq} to {entries[^1].Seq} follow one another, none changed, removed, moved or cut off, as {Signer(receipt, key)} signed them; the rules give every outcome of {Amount.Count(operations.Count, "operation")} again"));
        return ExitCode.Passed;
    }

    private static async Task<ExitCode> ReleaseAsync(string folder, string report, string? key, Surroundings here, CancellationToken cancellation)
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
        new ArtifactContents(entries, manifest.CommitTimeUnix, TarSize: 0, ScanFindings.None).MustEqual(manifest);
        here.Screen.Line($"{folder} holds: {Amount.Count(entries.Count, "file")}, every one as in the manifest of {record.Order.Release}, which {Signer(receipt, key)} signed, and no other");
        return ExitCode.Passed;
    }

    /// <summary>Whose signature it is, as far as can be said; a key that was named must be the one.</summary>
    private static string Signer(LedgerReceipt receipt, string? key)
    {
        var print = LedgerMemory.Fingerprint(receipt);
        if (key is null)
        {
            return $"the key {print} (compare it with what `iucutter status` shows, or name it with --key)";
        }

        var plain = string.Concat(key.Split('\n').Where(l => !l.StartsWith('-'))).Trim();
        return plain == print || plain == receipt.PublicKey
            ? $"the key {print} that was named"
            : throw new CommandException(ExitCode.Blocked, "WRONG_KEY", $"it is signed with the key {print}, not with the one that was named", "take the key from the agent that is meant: `iucutter status`");
    }

    private static async Task<ExitCode> PayloadAsync(string path, string? manifest, string? digest, Surroundings here, CancellationToken cancellation)
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
                ? await FolderAsync(path, against!, here, cancellation)
                : throw CommandException.Usage("a folder has no sha256 of its own", "name the manifest with --manifest");
        }

        return await ArchiveAsync(path, wanted, against, here, cancellation);
    }

    private static async Task<ExitCode> ArchiveAsync(string path, Sha256Digest? wanted, Manifest? against, Surroundings here, CancellationToken cancellation)
    {
        await using var tar = File.OpenRead(path);
        var seen = Sha256Digest.FromBytes(await SHA256.HashDataAsync(tar, cancellation));
        tar.Position = 0;
        var contents = await ArtifactReader.ReadAsync(tar, wanted ?? seen, scan: null, cancellation);
        if (against is not null)
        {
            contents.MustEqual(against);
        }

        here.Screen.Line($"{path} holds: sha256 {seen}, {Amount.Count(contents.Entries.Count, "file")}"
            + (against is null ? "; no manifest was compared" : $", every one as in manifest {against.Digest}"));
        return ExitCode.Passed;
    }

    private static async Task<ExitCode> FolderAsync(string folder, Manifest manifest, Surroundings here, CancellationToken cancellation)
    {
        var entries = await DirectoryTree.ReadAsync(folder, cancellation);
        new ArtifactContents(entries, manifest.CommitTimeUnix, TarSize: 0, ScanFindings.None).MustEqual(manifest);
        here.Screen.Line($"{folder} holds {Amount.Count(entries.Count, "file")}, every one as in manifest {manifest.Digest}, and no other");
        return ExitCode.Passed;
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
