using IuCutter.Packager.Source;

namespace IuCutter.Packager.Pushing;

/// <summary>One file as a commit has it, whatever the work tree says.</summary>
internal static class CommitFile
{
    /// <summary>Null where the commit has no such path.</summary>
    /// <exception cref="SourceException">GIT_FAILED: git cannot read it.</exception>
    public static async Task<byte[]?> TryReadAsync(GitRepository repository, SourceCommit commit, string path, CancellationToken cancellation)
    {
        var answer = await repository.Git.RunAsync(cancellation, "cat-file", "blob", $"{commit.Id}:{path}");
        if (answer.Exit == 0)
        {
            return answer.Output;
        }

        var isAbsent = answer.Errors.Contains("does not exist in", StringComparison.Ordinal) || answer.Errors.Contains("exists on disk, but not in", StringComparison.Ordinal);
        return isAbsent
            ? null
            : throw new SourceException(SourceCodes.GitFailed, $"git cannot read '{path}' of {commit.Id}: {answer.Complaint}.", "Run 'git fsck' and mend what it says.");
    }
}
