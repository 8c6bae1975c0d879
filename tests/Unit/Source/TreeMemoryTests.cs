using System.Globalization;
using System.Text;
using IuCutter.Manifests;
using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

/// <summary>A tree listed with the help of the one before is the tree that git lists.</summary>
public sealed class TreeMemoryTests : IDisposable
{
    private readonly TemporaryRepository _source = new();
    private int _asked;

    private string Cache => Path.Combine(_source.Folder, "cache", "of.tree");

    public void Dispose() => _source.Dispose();

    [Theory]
    [InlineData("echo changed >a/b/one", 2)]
    [InlineData("echo new >top", 0)]
    [InlineData("echo new >a/new; mkdir -p n/e/w; echo 1 >n/e/w/1", 4)]
    [InlineData("git rm -rq a", 0)]
    [InlineData("git rm -q a/b/two; git mv c d", 3)]
    [InlineData("chmod +x a/b/one; ln -sf elsewhere link", 2)]
    [InlineData("git rm -q a/b/one; mkdir a/b/one; echo 1 >a/b/one/1", 3)]
    [InlineData("git rm -rq a/b; mkdir -p a; echo 1 >a/b", 1)]
    [InlineData("echo 1 >a.b; echo 1 >a-b; echo 1 >'a b'; mkdir a0; echo 1 >a0/1", 1)]
    [InlineData("printf 1 >\"$(printf 'a/\\377\\n\\\\')\"", 1)]
    [InlineData("true", 0)]
    [InlineData("git rm -rq .; echo 1 >only", 0)]
    public async Task What_git_is_asked_for_is_the_folders_that_differ(string how, int folders)
    {
        Shell("mkdir -p a/b/deep c; echo 1 >a/b/one; echo 2 >a/b/two; echo 3 >a/b/deep/3; echo 4 >c/4; echo 5 >c/5; ln -s a link; echo 6 >z");
        await KeepAsync(Commit());
        Shell(how);
        var commit = Commit();

        Assert.Equal(await GitsOwnAsync(commit), await ListAsync(commit));
        Assert.Equal(folders, _asked);
        await KeepAsync(commit);
        Assert.Equal(await GitsOwnAsync(commit), await ListAsync(commit));
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task Folders_have_the_ids_that_git_gives_them(string objectFormat)
    {
        var root = Path.Combine(_source.Folder, objectFormat);
        _source.Git("init", "-q", $"--object-format={objectFormat}", root);
        Shell("mkdir -p a/b/c a-b 'a.b/c'; for i in 1 2 3; do echo $i >a/b/$i; echo $i >a/b/c/$i; echo $i >a-b/$i; echo $i >a.b/c/$i; echo $i >$i; done; ln -s 1 l; chmod +x 2", root);
        _source.Git("-C", root, "add", "-A");
        _source.Git("-C", root, "-c", "user.name=a", "-c", "user.email=b", "commit", "-q", "-m", "x");
        var git = (await _source.OpenAsync("HEAD", root)).Repository.Git;

        var folders = FolderIds.Of(await TreeListing.ReadAsync(git, "HEAD", CancellationToken.None));

        Assert.Equal(["", "a", "a-b", "a.b", "a.b/c", "a/b", "a/b/c"], folders.Keys.Order(StringComparer.Ordinal));
        Assert.All(folders, folder => Assert.Equal(_source.Git("-C", root, "rev-parse", $"HEAD:{folder.Key}"), folder.Value.Id.ToString()));
    }

    [Theory]
    [InlineData("100664 blob {0}\todd\n")]
    [InlineData("160000 commit {1}\tmodule\n")]
    [InlineData("100644 blob {0}\t..\n")]
    [InlineData("100644 blob {0}\t.git\n")]
    [InlineData("100644 blob {0}\ta/b\n")]
    [InlineData("40000 tree {2}\t.GIT\n")]
    [InlineData("100644 blob {0}\tsame\n100644 blob {0}\tsame\n")]
    [InlineData("40000 tree {2}\tsame\n40000 tree {2}\tsame\n")]
    [InlineData("100644 blob {0}\tz\n100644 blob {0}\ta\n")]
    [InlineData("40000 tree {2}\tkept\n40000 tree {3}\tkept\n100644 blob {0}\tz\n")]
    [InlineData("40000 tree {3}\tkept\n40000 tree {2}\tkept\n100644 blob {0}\tz\n")]
    public async Task A_tree_that_is_not_everyday_is_listed_by_git_and_judged_as_ever(string entries)
    {
        _source.Write("kept/file", "1");
        var first = _source.Commit();
        await KeepAsync(first);
        var written = string.Format(CultureInfo.InvariantCulture, entries, _source.Git("rev-parse", "HEAD:kept/file"), first, _source.Git("rev-parse", "HEAD:kept"), _source.GitWith([], "hash-object", "-t", "tree", "-w", "--stdin"));
        var tree = RawTreeOf(written);
        var commit = _source.Git("-c", "user.name=a", "-c", "user.email=b", "commit-tree", "-m", "x", tree);

        var (own, ours) = (await Record.ExceptionAsync(() => GitsOwnAsync(commit)), await Record.ExceptionAsync(() => ListAsync(commit)));

        Assert.Equal(own?.Message, ours?.Message);
        if (own is null)
        {
            Assert.Equal(await GitsOwnAsync(commit), await ListAsync(commit));
        }
    }

    [Theory]
    [InlineData("printf x >>of.tree")]
    [InlineData("truncate -s -1 of.tree")]
    [InlineData("truncate -s 0 of.tree")]
    [InlineData("head -c 5000 /dev/urandom >of.tree")]
    [InlineData("rm of.tree; mkdir of.tree")]
    [InlineData("LC_ALL=C sed -i 's,one,two,' of.tree")]
    [InlineData("LC_ALL=C sed -i 's,a/one,a//ne,' of.tree")]
    [InlineData("LC_ALL=C sed -i 's,a/one,z/one,' of.tree")]
    public async Task A_cache_that_was_damaged_changes_nothing(string how)
    {
        Shell("mkdir a b; echo 1 >a/one; echo 2 >b/2");
        await KeepAsync(Commit());
        Shell(how, Path.GetDirectoryName(Cache)!);
        Shell("echo changed >b/2");
        var commit = Commit();

        Assert.Equal(await GitsOwnAsync(commit), await ListAsync(commit));
    }

    [Fact]
    public async Task Every_byte_of_a_cache_may_be_another()
    {
        Shell("mkdir a b; echo 1 >a/one; echo 2 >b/2");
        await KeepAsync(Commit());
        Shell("echo changed >b/2");
        var commit = Commit();
        var expected = await GitsOwnAsync(commit);
        var bytes = await File.ReadAllBytesAsync(Cache);
        await using var objects = new GitObjects((await _source.OpenAsync()).Repository.Git);
        var root = (await objects.ReadAsync(CancellationToken.None, $"{commit}^{{tree}}"))[0]!;

        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            await File.WriteAllBytesAsync(Cache, bytes);
            bytes[i] ^= 1;
            var items = KnownTree.TryLoad(Cache) is { } known ? await new TreeDescent(known, ids => objects.ReadAsync(CancellationToken.None, ids)).ListAsync(root) : null;

            Assert.Equal(expected, items is null ? expected : TextOf(items));
        }
    }

    [Fact]
    public void A_cache_that_is_no_list_of_a_tree_is_none()
    {
        Assert.True(GitObjectId.TryParse(Encoding.ASCII.GetBytes(new string('1', 40)), out var id));
        Assert.True(GitObjectId.TryParse(Encoding.ASCII.GetBytes(new string('1', 64)), out var longer));

        Assert.NotNull(Kept(("a/1", id), ("a/2", id), ("b/1", id)));
        Assert.Null(Kept(("a/1", id), ("b/1", id), ("a/2", id)));
        Assert.Null(Kept(("a/1", id), ("a/1", id)));
        Assert.Null(Kept(("a/1", id), ("a/2", longer)));
        Assert.Null(Kept(("../1", id)));
        Assert.Null(Kept());

        KnownTree? Kept(params (string Path, GitObjectId Id)[] items)
        {
            TreeItemList list = [];
            foreach (var (path, item) in items)
            {
                list.Add(Encoding.ASCII.GetBytes(path), EntryKind.File, item);
            }

            KnownTree.Save(Cache, list);
            return KnownTree.TryLoad(Cache);
        }
    }

    [Fact]
    public async Task A_tree_of_which_much_differs_is_listed_by_git()
    {
        Shell("for i in $(seq 300); do mkdir $i; echo 1 >$i/file; done");
        await KeepAsync(Commit());
        Shell("for i in $(seq 300); do echo $i >$i/file; done");
        var commit = Commit();

        Assert.Equal(await GitsOwnAsync(commit), await ListAsync(commit));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task A_push_keeps_what_it_has_listed_and_the_next_finds_it()
    {
        var caches = Path.Combine(_source.Folder, "caches");
        _source.Write("a/one", "1");
        _source.Write("b/two", "2");
        var ids = new List<string>();
        foreach (var content in (string[])["1", "changed", "changed"])
        {
            _source.Write("a/one", content);
            if (content != "changed" || ids.Count == 1)
            {
                _source.Commit();
            }

            await using var begun = await RepositorySource.BeginAsync(_source.Root, "HEAD", caches, CancellationToken.None);
            using var contents = await begun.ReadAsync(new ArtifactRequest("app", begun.Commit), DigestCache.None(), CancellationToken.None);
            ids.Add(contents.Manifest.Digest.ToString());
            Assert.Equal(2, contents.Manifest.Entries.Count);
        }

        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids[1], ids[2]);
        Assert.NotNull(KnownTree.TryLoad(KnownTree.PathOf(caches, _source.Root)));
    }

    private static string TextOf(TreeItemList items) => string.Join('\n', items.Select(i => $"{i.Kind} {i.Object} {i.Path}"));

    private string Commit()
    {
        _source.Git("add", "-A");
        _source.Git("-c", "user.name=a", "-c", "user.email=b", "commit", "-q", "--allow-empty", "-m", "x");
        return _source.Git("rev-parse", "HEAD");
    }

    private async Task<string> GitsOwnAsync(string commit) =>
        TextOf(await TreeListing.ReadAsync((await _source.OpenAsync()).Repository.Git, commit, CancellationToken.None));

    private async Task<string> ListAsync(string commit)
    {
        var git = (await _source.OpenAsync()).Repository.Git;
        await using var objects = new GitObjects(git);
        var root = (await objects.ReadAsync(CancellationToken.None, $"{commit}^{{tree}}"))[0]!;
        _asked = 0;
        if (KnownTree.TryLoad(Cache) is { } known)
        {
            await new TreeDescent(known, ids =>
            {
                _asked += ids.Count;
                return objects.ReadAsync(CancellationToken.None, ids);
            }).ListAsync(root);
        }

        return TextOf(await new TreeMemory(Cache).ListAsync(git, commit, objects, Task.FromResult<GitObject?>(root), CancellationToken.None));
    }

    private async Task KeepAsync(string commit)
    {
        var memory = new TreeMemory(Cache);
        await memory.KeepAsync(await TreeListing.ReadAsync((await _source.OpenAsync()).Repository.Git, commit, CancellationToken.None));
        await memory.Kept;
    }

    /// <summary>A tree object of exactly these entries, which `git mktree` would refuse or put in order.</summary>
    private string RawTreeOf(string entries)
    {
        var bytes = new List<byte>();
        foreach (var entry in entries.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (head, name) = (entry.Split('\t')[0].Split(' '), entry.Split('\t')[1]);
            bytes.AddRange([.. Encoding.UTF8.GetBytes($"{head[0]} {name}"), 0, .. Convert.FromHexString(head[2])]);
        }

        var file = Path.Combine(_source.Folder, "raw");
        File.WriteAllBytes(file, [.. bytes]);
        return _source.Git("hash-object", "-t", "tree", "-w", "--literally", file);
    }

    private void Shell(string command, string? folder = null)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-ec", command]) { WorkingDirectory = folder ?? _source.Root })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
