using System.Diagnostics;
using System.Text;
using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

public sealed class GitRepositoryTests
{
    [Fact]
    public async Task A_commit_is_found_with_its_provenance()
    {
        using var source = new TemporaryRepository();
        source.Write("a", "1");
        var id = source.Commit("Sübject\n\nbody");
        source.Git("tag", "v1");
        source.Git("tag", "-a", "v2", "-m", "two");
        source.Git("remote", "add", "origin", "https://me:t0ken@example.org/team/app.git");

        var (repository, commit) = await source.OpenAsync();

        Assert.Equal(
            new SourceCommit(id, source.Git("rev-parse", "HEAD^{tree}"), 1_700_000_000, "Sübject", "refs/heads/main", "v2", "https://example.org/team/app.git"),
            commit);
        Assert.Equal(source.Root, repository.Root);
        Assert.False(repository.IsBare || repository.IsShallow);
    }

    [Theory]
    [InlineData("main", "refs/heads/main")]
    [InlineData("other", "refs/heads/other")]
    [InlineData("v1", "refs/tags/v1")]
    [InlineData("HEAD~0", "refs/heads/main")]
    public async Task The_ref_that_was_named_is_the_one_reported(string revision, string name)
    {
        using var source = new TemporaryRepository();
        source.Commit();
        source.Git("branch", "other");
        source.Git("tag", "v1");

        var (_, commit) = await source.OpenAsync(revision);

        Assert.Equal(name, commit.Ref);
    }

    [Fact]
    public async Task A_subfolder_a_linked_work_tree_and_a_bare_clone_lead_to_the_same_commit()
    {
        using var source = new TemporaryRepository();
        source.Write("sub/a", "1");
        var id = source.Commit();
        var linked = Path.Combine(source.Folder, "linked");
        var bare = Path.Combine(source.Folder, "bare.git");
        source.Git("worktree", "add", "-q", "--detach", linked);
        source.Git("clone", "-q", "--bare", ".", bare);

        foreach (var path in new[] { Path.Combine(source.Root, "sub"), linked, bare, Path.Combine(source.Root, ".git") })
        {
            var (repository, commit) = await source.OpenAsync(path: path);
            Assert.Equal(id, commit.Id);
            var hasNoTree = path.EndsWith(".git", StringComparison.Ordinal);
            Assert.Equal(hasNoTree, await repository.ReadWorkTreeAsync(CancellationToken.None) == null);
        }
    }

    [Fact]
    public async Task A_SHA_256_repository_is_read_as_well()
    {
        using var source = new TemporaryRepository("--object-format=sha256");
        source.Write("a", "1");
        source.Commit();

        using var artifact = await source.PackAsync();

        Assert.Equal(64, artifact.Manifest.Commit.Length);
        Assert.Equal(64, artifact.Manifest.Tree.Length);
    }

    [Fact]
    public async Task An_unclean_work_tree_is_told_path_by_path()
    {
        using var source = new TemporaryRepository();
        source.Write("a", "1");
        source.Write("b", "1");
        source.Commit();
        Assert.True((await State()).IsClean);

        source.Write("a", "2");
        source.Write("new \nfile", "");
        source.Git("rm", "-q", "--cached", "b");

        var state = await State();
        Assert.Equal(4, state.DirtyCount);
        Assert.Contains(state.DirtyPaths, path => path.Raw == "new \nfile");

        async Task<WorkTreeState> State() => (await (await source.OpenAsync()).Repository.ReadWorkTreeAsync(CancellationToken.None))!;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14_000)]
    public async Task Whatever_the_number_of_files_the_work_trees_state_is_what_git_status_says(int more)
    {
        using var source = new TemporaryRepository();
        source.Write("kept", "1");
        source.Write("changed", "1");
        source.Write("deleted", "1");
        source.Write("renamed", "a long text that git would know again");
        source.Write("sub/kept", "1");
        source.Write(".gitignore", "*.o\n/ignored/\n");
        source.Commit();
        var content = source.Git("rev-parse", "HEAD:kept");
        var names = Enumerable.Range(0, more).Select(i => $"sub/more/{i:D120}").ToArray();
        source.GitWith(Encoding.UTF8.GetBytes(string.Concat(names.Select(name => $"100644 {content}\t{name}\0"))), "update-index", "-z", "--index-info");
        source.GitWith(Encoding.UTF8.GetBytes(string.Concat(names.Select(name => name + '\0'))), "update-index", "-z", "--skip-worktree", "--stdin");
        source.Git("commit", "-q", "--allow-empty", "-m", "more");
        Assert.True((await State(source.Root)).IsClean);

        source.Write("changed", "2");
        source.Write("staged", "1");
        source.Git("add", "staged");
        source.Git("mv", "renamed", "moved");
        File.Delete(Path.Combine(source.Root, "deleted"));
        source.Git("rm", "-q", "--cached", "kept");
        source.Write("new/one", "1");
        source.Write("new/two", "1");
        source.Write("sub/new", "1");
        source.Write("built/a.o", "1");
        source.Write("ignored/a", "1");
        Directory.CreateDirectory(Path.Combine(source.Root, "empty"));
        source.Git("init", "-q", "other");

        var said = source.Git("status", "--porcelain=v1", "-z", "--no-renames").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line[3..]);
        var paths = said.Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(
            ["changed", "deleted", "kept", "kept", "moved", "new/", "other/", "renamed", "staged", "sub/new"], paths);
        foreach (var folder in new[] { source.Root, Path.Combine(source.Root, "sub") })
        {
            var state = await State(folder);
            Assert.Equal(paths, state.DirtyPaths.Select(path => path.ToString()).Order(StringComparer.Ordinal));
            Assert.Equal(paths.Length, state.DirtyCount);
        }

        Assert.Equal(more > 0, new FileInfo(Path.Combine(source.Root, ".git", "index")).Length > 2 * 1024 * 1024);

        static async Task<WorkTreeState> State(string folder) =>
            (await (await GitRepository.OpenAsync(folder, CancellationToken.None)).ReadWorkTreeAsync(CancellationToken.None))!;
    }

    [Fact]
    public async Task What_cannot_be_opened_or_found_says_so_by_code()
    {
        using var source = new TemporaryRepository();
        Assert.Equal(SourceCodes.NoCommits, await CodeOf(() => source.OpenAsync()));
        source.Commit();
        source.Git("branch", "twin");
        source.Git("tag", "twin");

        Assert.Equal(SourceCodes.UnknownCommit, await CodeOf(() => source.OpenAsync("nowhere")));
        Assert.Equal(SourceCodes.UnknownCommit, await CodeOf(() => source.OpenAsync("--all")));
        Assert.Equal(SourceCodes.UnknownCommit, await CodeOf(() => source.OpenAsync("0123456789012345678901234567890123456789")));
        Assert.Equal(SourceCodes.AmbiguousCommit, await CodeOf(() => source.OpenAsync("twin")));
        Assert.Equal(SourceCodes.NotARepository, await CodeOf(() => source.OpenAsync(path: source.Folder)));
        Assert.Equal(SourceCodes.NotARepository, await CodeOf(() => source.OpenAsync(path: Path.Combine(source.Folder, "none"))));
    }

    [Fact]
    public async Task A_short_id_of_two_commits_is_ambiguous()
    {
        using var source = new TemporaryRepository();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var prefix = "";
        for (var i = 0; prefix.Length == 0 && i < 2000; i++)
        {
            var id = source.Git("commit-tree", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "-m", $"{i}");
            prefix = seen.Add(id[..4]) ? "" : id[..4];
        }

        source.Git("commit", "-q", "--allow-empty", "-m", "x");

        Assert.Equal(SourceCodes.AmbiguousCommit, await CodeOf(() => source.OpenAsync(prefix)));
    }

    [Theory]
    [InlineData("git version 2.1.4", SourceCodes.GitTooOld)]
    [InlineData("gat", SourceCodes.GitTooOld)]
    public async Task A_git_that_is_too_old_is_refused(string says, string code)
    {
        using var source = new TemporaryRepository();
        var program = Path.Combine(source.Folder, "git");

        // Another process writes it: a test beside this one that starts a process would else hold the file open for writing ("text file busy").
        using (var writer = Process.Start("sh", ["-c", $"printf '#!/bin/sh\necho {says}\n' > \"$0\" && chmod +x \"$0\"", program]))
        {
            await writer.WaitForExitAsync();
        }

        Assert.Equal(code, await CodeOf(() => GitRepository.OpenAsync(source.Root, CancellationToken.None, program)));
        Assert.Equal(SourceCodes.GitMissing, await CodeOf(() => GitRepository.OpenAsync(source.Root, CancellationToken.None, "/no/such/git")));
    }

    [Fact]
    public async Task A_shallow_clone_is_packed_and_what_it_lacks_is_named()
    {
        using var source = new TemporaryRepository();
        source.Write("a", "1");
        var first = source.Commit();
        source.Write("a", "2");
        source.Commit();
        var shallow = Path.Combine(source.Folder, "shallow");
        source.Git("clone", "-q", "--depth=1", "file://" + source.Root, shallow);

        using var whole = await source.PackAsync();
        using var cut = await source.PackAsync(path: shallow);

        Assert.Equal(whole.TarDigest, cut.TarDigest);
        Assert.Equal(SourceCodes.UnknownCommit, await CodeOf(() => source.OpenAsync(first, shallow)));
    }

    [Fact]
    public async Task A_partial_clone_fetches_nothing_and_names_the_missing_content()
    {
        using var source = new TemporaryRepository();
        source.Write("here", "1");
        source.Write("missing", "2");
        source.Commit();
        source.Git("config", "uploadpack.allowFilter", "true");
        var partial = Path.Combine(source.Folder, "partial");
        source.Git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://" + source.Root, partial);

        var refusal = await Assert.ThrowsAsync<SourceException>(() => source.PackAsync(path: partial));

        Assert.Equal(SourceCodes.ObjectMissing, refusal.Code);
        Assert.Contains("'here'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--refetch", refusal.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://user:pass@example.org/a.git", "https://example.org/a.git")]
    [InlineData("https://ghp_token@example.org:8443/a.git?key=1#x", "https://example.org:8443/a.git")]
    [InlineData("https://us%40er:p@ss@example.org/a", "https://example.org/a")]
    [InlineData("ssh://git:pw@example.org:22/a@b.git", "ssh://git@example.org:22/a@b.git")]
    [InlineData("git@example.org:team/a.git", "git@example.org:team/a.git")]
    [InlineData("/srv/git/a@b.git", "/srv/git/a@b.git")]
    [InlineData("https://example.org", "https://example.org")]
    public void An_address_loses_its_credentials(string address, string shown) => Assert.Equal(shown, RemoteAddress.WithoutCredentials(address));

    [Fact]
    public async Task The_callers_git_variables_do_not_reach_git()
    {
        using var source = new TemporaryRepository();
        var id = source.Commit();
        using var other = new TemporaryRepository();
        Environment.SetEnvironmentVariable("GIT_DIR", Path.Combine(other.Root, ".git"));
        try
        {
            Assert.Equal(id, (await (await GitRepository.OpenAsync(source.Root, CancellationToken.None)).ResolveAsync("HEAD", CancellationToken.None)).Id);
        }
        finally
        {
            Environment.SetEnvironmentVariable("GIT_DIR", null);
        }
    }

    internal static async Task<string> CodeOf(Func<Task> action) => (await Assert.ThrowsAsync<SourceException>(action)).Code;
}
