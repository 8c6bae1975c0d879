using System.Globalization;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// How the work tree differs from its HEAD: never what is released, only what people should know. At most 100 paths are named.
/// </summary>
public sealed record WorkTreeState(IReadOnlyList<TreePath> DirtyPaths, int DirtyCount)
{
    private const int NamedPaths = 100;
    private const long LargeIndex = 2L * 1024 * 1024;

    // With NUL between paths they are from the work tree's root, wherever in it git is called.
    private static readonly string[] Status = ["status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=none"];
    private static readonly string[] Others = ["ls-files", "-z", "--others", "--exclude-standard", "--directory", "--no-empty-directory", "--full-name", "--", ":/"];

    public bool IsClean => DirtyCount == 0;

    /// <summary>What people are told of an unclean one.</summary>
    public string Sentence => DirtyCount == 1
        ? $"1 path not committed, so not released: {DirtyPaths[0]}"
        : string.Create(CultureInfo.InvariantCulture, $"{DirtyCount} paths not committed, so not released; the first is {DirtyPaths[0]}");

    /// <exception cref="SourceException">GIT_FAILED: there is no work tree, or git cannot read it.</exception>
    internal static async Task<WorkTreeState> ReadAsync(GitProgram git, CancellationToken cancellation)
    {
        // Of many files git's two questions, which tracked files were changed and which others there are, take long enough to be put to two of it at once.
        var isTwo = new FileInfo(Path.Combine(git.Folder, ".git", "index")) is { Exists: true, Length: > LargeIndex };
        var untracked = isTwo ? git.RunAsync(cancellation, Others) : Task.FromResult(GitAnswer.Nothing);
        var status = await git.RunAsync(cancellation, [.. Status, isTwo ? "--untracked-files=no" : "--untracked-files=normal"]);
        if (new[] { status, await untracked }.FirstOrDefault(answer => answer.Exit != 0) is { } refused)
        {
            throw new SourceException(
                SourceCodes.GitFailed, $"The work tree's state cannot be read: {refused.Complaint}.", "Run 'git status' there and mend what it says.");
        }

        var dirty = new List<TreePath>();
        var count = Take(status.Output, headLength: 3, dirty) + Take((await untracked).Output, headLength: 0, dirty);
        return new WorkTreeState(dirty, count);
    }

    private static int Take(ReadOnlySpan<byte> answer, int headLength, List<TreePath> dirty)
    {
        var count = 0;
        for (; answer.IndexOf((byte)0) is var end && end > headLength; answer = answer[(end + 1)..])
        {
            count++;
            if (dirty.Count < NamedPaths)
            {
                dirty.Add(TreePath.FromBytes(answer[headLength..end]));
            }
        }

        return count;
    }
}
