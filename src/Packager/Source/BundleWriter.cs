using System.Security.Cryptography;
using IuCutter.Digests;

namespace IuCutter.Packager.Source;

/// <summary>
/// Writes a git bundle of one commit that plain <c>git clone</c> accepts, with its whole history or what came after another commit. The
/// user's repository is only read: the refs that a bundle needs are made in one beside it that borrows its objects.
/// </summary>
internal static class BundleWriter
{
    /// <param name="before">Commits that the receiver has, by their ids; none for the whole history.</param>
    /// <returns>The file's sha256 and size in bytes.</returns>
    /// <exception cref="SourceException">GIT_FAILED: git cannot make it, and says why.</exception>
    public static async Task<(Sha256Digest Digest, long Size)> WriteAsync(
        GitRepository repository, SourceCommit commit, IReadOnlyList<string> before, string output, CancellationToken cancellation)
    {
        var beside = Directory.CreateTempSubdirectory("iucutter-bundling-").FullName;
        var temporary = output + ".partial";
        try
        {
            var git = new GitProgram("git", beside);
            Require(await git.RunAsync(cancellation, "init", "-q", "--bare", "--initial-branch=release", $"--object-format={(commit.Id.Length == 64 ? "sha256" : "sha1")}", beside), commit);
            var objects = await repository.Git.RunAsync(cancellation, "rev-parse", "--path-format=absolute", "--git-path", "objects");
            await File.WriteAllTextAsync(Path.Combine(beside, "objects", "info", "alternates"), objects.Text + "\n", cancellation);
            Require(await git.RunAsync(cancellation, "update-ref", "refs/heads/release", commit.Id), commit);
            string[] what = ["HEAD", "refs/heads/release", .. before.Select(id => "^" + id)];
            Require(await git.RunAsync(cancellation, ["-c", "pack.threads=1", "bundle", "create", "-q", temporary, .. what]), commit);
            var (digest, size) = await DigestAsync(temporary, cancellation);
            File.Move(temporary, output, overwrite: true);
            return (digest, size);
        }
        finally
        {
            File.Delete(temporary);
            Directory.Delete(beside, recursive: true);
        }
    }

    private static async Task<(Sha256Digest Digest, long Size)> DigestAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return (Sha256Digest.FromBytes(await SHA256.HashDataAsync(file, cancellation)), file.Length);
    }

    private static void Require(GitAnswer answer, SourceCommit commit)
    {
        if (answer.Exit != 0)
        {
            throw new SourceException(
                SourceCodes.GitFailed,
                $"git cannot bundle {commit.Id}: {answer.Complaint}.",
                "A shallow clone lacks the history that a bundle holds: 'git fetch --unshallow', or pack a tar.");
        }
    }
}
