using System.CommandLine;
using System.Security.Cryptography;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.CommandLine;

internal static class VerifyVerb
{
    public static Verb Make(Surroundings here)
    {
        var file = new Argument<string>("ARTIFACT") { Description = "An artifact made by `iucutter pack`" };
        var manifest = new Option<string?>("--manifest", "-m") { Description = "Its manifest (else ARTIFACT.manifest, where that is there)", HelpName = "FILE" };
        var digest = new Option<string?>("--sha256") { Description = "The sha256 that the artifact must have", HelpName = "HEX" };
        return new Verb(
                "verify",
                "Reads an artifact and believes nothing: its sha256, every header, and every file against the manifest.",
                "iucutter verify payload.tar --sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "iucutter verify ./unpacked --manifest payload.tar.manifest")
            .With(file, manifest, digest)
            .Does(async (parsed, cancellation) =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file), here.Folder);
                var wanted = parsed.GetValue(digest) is { } hex
                    ? Sha256Digest.TryParse(hex, out var named) ? named : throw CommandException.Usage($"--sha256 '{hex}': 64 lower-case hex digits are wanted")
                    : (Sha256Digest?)null;
                var against = await ManifestAsync(path, parsed.GetValue(manifest), here, cancellation);
                if (wanted is null && against is null)
                {
                    throw CommandException.Usage("there is nothing to verify it against", "name its manifest with --manifest, or its sha256 with --sha256");
                }

                if (Directory.Exists(path))
                {
                    return wanted is null
                        ? await FolderAsync(path, against!, here, cancellation)
                        : throw CommandException.Usage("a folder has no sha256 of its own", "name the manifest with --manifest");
                }

                return await ArchiveAsync(path, wanted, against, here, cancellation);
            });
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
        if (named is null && !File.Exists(path))
        {
            return null;
        }

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
