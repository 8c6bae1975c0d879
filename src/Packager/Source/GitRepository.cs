using System.Text;
using IuCutter.Configuration;

namespace IuCutter.Packager.Source;

/// <summary>
/// A git repository as a source of commits: a work tree or a folder in one, a bare repository, or a linked work tree. Read only.
/// Only the objects decide; a file of the work tree stands for its object where its bytes have the object's id.
/// </summary>
public sealed class GitRepository
{
    private const string CommitOf = "^{commit}";

    // The last of them came with the oldest git that will do; one before it says the option's own name instead.
    private static readonly string[] Questions = ["--is-bare-repository", "--is-inside-work-tree", "--is-shallow-repository", "--show-object-format"];

    private GitRepository(GitProgram git, string folder, string[] facts)
    {
        Git = git;
        IsBare = facts[0] == "true";
        HasWorkTree = facts[1] == "true";
        IsShallow = facts[2] == "true";
        Root = HasWorkTree && facts.Length > Questions.Length ? string.Join('\n', facts[Questions.Length..]) : folder;
    }

    public bool IsBare { get; }

    /// <summary>False for a bare repository and inside a .git folder: then there is nothing that could be unclean.</summary>
    public bool HasWorkTree { get; }

    /// <summary>Whether history was cut off when this clone was made.</summary>
    public bool IsShallow { get; }

    /// <summary>The work tree's root, or the folder that was opened where there is none.</summary>
    public string Root { get; }

    internal GitProgram Git { get; }

    /// <param name="path">Any folder inside the repository.</param>
    /// <param name="cancellation">Ends git as well.</param>
    /// <param name="program">The git program's name or path.</param>
    /// <exception cref="SourceException">GIT_MISSING, GIT_TOO_OLD, NOT_A_REPOSITORY, REPOSITORY_NOT_TRUSTED or GIT_FAILED.</exception>
    public static async Task<GitRepository> OpenAsync(string path, CancellationToken cancellation, string program = "git") =>
        (await OpenAsync(path, revision: null, cancellation, program)).Repository;

    /// <summary>The same, and the commit that a revision names. Both are one question to git where nothing is wrong: each start of it costs as much as all it does here.</summary>
    /// <returns>No commit when the revision needs a closer look, which <see cref="ResolveAsync"/> takes.</returns>
    internal static async Task<(GitRepository Repository, string? Commit)> OpenAsync(
        string path, string? revision, CancellationToken cancellation, string program = "git")
    {
        var folder = Path.GetFullPath(path);
        if (!Directory.Exists(folder))
        {
            throw new SourceException(SourceCodes.NotARepository, $"There is no folder '{folder}'.", "Name the folder of a git repository.");
        }

        var git = new GitProgram(program, folder);
        string[] named = revision is null || IsNone(revision) ? [] : [revision + CommitOf];
        var answer = await git.RunAsync(cancellation, ["rev-parse", .. Questions, .. named, "--show-toplevel"]);
        var facts = answer.Text.Split('\n');
        if (facts.Length < Questions.Length ? answer.Exit == 0 : facts[Questions.Length - 1] is not ("sha1" or "sha256"))
        {
            throw Refused((await git.RunAsync(cancellation, "version")).Text, facts[^1]);
        }

        // The last question has no answer in a bare repository; those before it then have theirs already.
        var isBare = facts.Length == Questions.Length + named.Length && answer.Errors.Contains("must be run in a work tree", StringComparison.Ordinal);
        if (named.Length > 0)
        {
            var commit = facts.ElementAtOrDefault(Questions.Length) ?? "";
            var isFound = (isBare || answer is { Exit: 0, Errors.Length: 0 }) && GitObjectId.TryParse(Encoding.UTF8.GetBytes(commit), out _);
            return isFound && !answer.Errors.Contains("is ambiguous", StringComparison.Ordinal)
                ? (new GitRepository(git, folder, [.. facts[..Questions.Length], .. facts[(Questions.Length + 1)..]]), commit)
                : await OpenAsync(path, revision: null, cancellation, program);
        }

        return answer.Exit == 0 || isBare ? (new GitRepository(git, folder, facts), null) : throw Refused(folder, answer);
    }

    /// <summary>Finds the one commit that a revision names: a full or short id, a branch, a tag, HEAD, or any expression git knows.</summary>
    /// <exception cref="SourceException">NO_COMMITS, UNKNOWN_COMMIT, AMBIGUOUS_COMMIT or OBJECT_MISSING.</exception>
    public async Task<SourceCommit> ResolveAsync(string revision, CancellationToken cancellation) =>
        await ReadCommitAsync(await FindAsync(revision, cancellation), revision, Task.FromResult<GitObject?>(null), RemotesAsync(Git, cancellation), cancellation);

    /// <summary>The addresses of remotes, as git's configuration has them.</summary>
    internal static Task<GitAnswer> RemotesAsync(GitProgram git, CancellationToken cancellation) =>
        git.RunAsync(cancellation, "config", "--null", "--get-regexp", @"^remote\..*\.url$");

    /// <param name="id">The commit's full id.</param>
    /// <param name="revision">What it was asked for as.</param>
    /// <param name="asked">The commit's object; it is asked for here where none comes.</param>
    /// <param name="remotes">As <see cref="RemotesAsync"/> gives them.</param>
    /// <param name="cancellation">Ends git as well.</param>
    internal async Task<SourceCommit> ReadCommitAsync(string id, string revision, Task<GitObject?> asked, Task<GitAnswer> remotes, CancellationToken cancellation)
    {
        var refs = Git.RunAsync(
            cancellation, "for-each-ref", $"--points-at={id}", "--sort=-version:refname", "--format=%(HEAD)%(refname)", "refs/heads", "refs/tags");
        var commit = await asked is { Type: "commit" } read ? read.Content : await CommitOfAsync(id, cancellation);
        var (tree, time, subject) = RawCommit.Read(commit, id);
        var (name, tag) = Choose((await refs).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), revision);
        return new SourceCommit(id, tree, time, subject, name, tag, RemoteOf((await remotes).Text));
    }

    /// <summary>Null where there is no work tree.</summary>
    public async Task<WorkTreeState?> ReadWorkTreeAsync(CancellationToken cancellation) => HasWorkTree ? await WorkTreeState.ReadAsync(Git, cancellation) : null;

    /// <summary>Those of the commits that are here.</summary>
    /// <param name="ids">Full ids.</param>
    internal async Task<IReadOnlyList<string>> OfTheseAsync(IEnumerable<string> ids, CancellationToken cancellation)
    {
        var here = new List<string>();
        foreach (var id in ids)
        {
            if (await Git.RunAsync(cancellation, "cat-file", "-t", id) is { Exit: 0, Text: "commit" })
            {
                here.Add(id);
            }
        }

        return here;
    }

    private async Task<byte[]> CommitOfAsync(string id, CancellationToken cancellation)
    {
        var answer = await Git.RunAsync(cancellation, "cat-file", "commit", id);
        return answer.Exit == 0
            ? answer.Output
            : throw new SourceException(
                SourceCodes.ObjectMissing, $"Commit {id} cannot be read: {answer.Complaint}.", "Fetch it, or run 'git fsck' to see what is broken.");
    }

    private async Task<string> FindAsync(string revision, CancellationToken cancellation)
    {
        if (IsNone(revision))
        {
            throw new SourceException(SourceCodes.UnknownCommit, $"'{revision}' names no commit.", "Name a commit id, a branch or a tag.");
        }

        var answer = await Git.RunAsync(cancellation, "rev-parse", "--verify", revision + CommitOf);
        if (answer.Errors.Contains("is ambiguous", StringComparison.Ordinal))
        {
            throw new SourceException(
                SourceCodes.AmbiguousCommit, $"'{revision}' names more than one thing.", "Give more digits of the commit id, or the full ref name (refs/heads/...).");
        }

        if (answer.Exit == 0)
        {
            return answer.Text;
        }

        var any = await Git.RunAsync(cancellation, "rev-list", "--all", "--max-count=1");
        if (any is { Exit: 0, Output.Length: 0 })
        {
            throw new SourceException(SourceCodes.NoCommits, $"The repository '{Root}' has no commits.", "Commit first: what is released is a commit.");
        }

        throw new SourceException(
            SourceCodes.UnknownCommit,
            $"'{revision}' names no commit in '{Root}'{(IsShallow ? ", whose history is cut off" : "")}.",
            IsShallow ? "Run 'git fetch --unshallow', or name a commit that is there." : "Check the spelling, or fetch the branch or tag.");
    }

    internal static bool IsNone(string revision) => revision.Length == 0 || revision[0] == '-' || revision.Contains('\0', StringComparison.Ordinal);

    // The ref that the user named, else the branch that is checked out, else the first branch, else the first tag.
    private static (string? Name, string? Tag) Choose(string[] refs, string revision)
    {
        var names = refs.Select(line => line[1..]).ToArray();
        var branches = names.Where(name => name.StartsWith("refs/heads/", StringComparison.Ordinal));
        var tags = names.Where(name => name.StartsWith("refs/tags/", StringComparison.Ordinal)).ToArray();
        var named = names.FirstOrDefault(name => name == revision || name == "refs/heads/" + revision || name == "refs/tags/" + revision);
        var checkedOut = refs.FirstOrDefault(line => line[0] == '*')?[1..];
        var tag = tags.FirstOrDefault(name => name == named) ?? tags.FirstOrDefault();
        return (named ?? checkedOut ?? branches.FirstOrDefault() ?? tag, tag?["refs/tags/".Length..]);
    }

    private static string? RemoteOf(string keysAndValues)
    {
        var remotes = keysAndValues.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var chosen = remotes.FirstOrDefault(remote => remote.StartsWith("remote.origin.url\n", StringComparison.Ordinal)) ?? remotes.FirstOrDefault();
        return chosen == null ? null : RemoteAddress.WithoutCredentials(chosen[(chosen.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }

    // A git that did not answer as one does that is new enough.
    private static SourceException Refused(string version, string objectFormat) =>
        VersionRequirement.TryParse(">= 2.25")!.Allows(version)
            ? new SourceException(SourceCodes.GitFailed, $"This git ('{version}') tells of its repository what is not known here: '{objectFormat}'.", "Use a repository whose object format is sha1 or sha256.")
            : new SourceException(SourceCodes.GitTooOld, $"This git is '{version}', too old to be used.", "Install git 2.25 or later.");

    private static SourceException Refused(string folder, GitAnswer answer)
    {
        if (answer.Errors.Contains("dubious ownership", StringComparison.Ordinal) || answer.Errors.Contains("unsafe repository", StringComparison.Ordinal))
        {
            return new SourceException(
                SourceCodes.RepositoryNotTrusted,
                $"The repository '{folder}' belongs to another user, so git does not trust it.",
                $"If you do: git config --global --add safe.directory '{folder}'");
        }

        return answer.Errors.Contains("not a git repository", StringComparison.Ordinal)
            ? new SourceException(SourceCodes.NotARepository, $"'{folder}' is in no git repository.", "Name the folder of a git repository, or make one there with 'git init'.")
            : new SourceException(SourceCodes.GitFailed, $"git cannot open '{folder}': {answer.Complaint}.", "Run 'git status' there and mend what it says.");
    }
}
