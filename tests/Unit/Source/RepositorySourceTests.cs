using System.Text;
using IuCutter.Configuration;
using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

/// <summary>What a push asks of git at once is the same as what is asked one by one.</summary>
public sealed class RepositorySourceTests
{
    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task The_commit_and_its_configuration_are_what_git_says_alone(string objectFormat)
    {
        using var source = new TemporaryRepository();
        var root = Path.Combine(source.Folder, objectFormat);
        source.Git("init", "-q", $"--object-format={objectFormat}", "--initial-branch=main", root);
        var (without, with) = (Commit("zz", "1"), Commit(ReleaseConfiguration.FileName, "name: äpp\n"));

        foreach (var (id, expected) in new[] { (without, null), (with, "name: äpp\n") })
        {
            await using var begun = await RepositorySource.BeginAsync(root, id, caches: null, CancellationToken.None);

            Assert.Equal((await source.OpenAsync(id, root)).Commit, begun.Commit);
            Assert.Equal(expected, await ConfigurationOf(begun));
        }

        string Commit(string path, string content)
        {
            File.WriteAllText(Path.Combine(root, path), content);
            source.Git("-C", root, "add", "-A");
            source.Git("-C", root, "-c", "user.name=a", "-c", "user.email=b", "commit", "-q", "-m", path);
            return source.Git("-C", root, "rev-parse", "HEAD");
        }
    }

    [Fact]
    public async Task Whatever_a_commit_is_asked_for_as_its_branches_and_tags_are_those_that_name_it()
    {
        using var source = new TemporaryRepository();
        source.Write("a", "1");
        source.Git("tag", "-a", "-m", "annotated", "v1", source.Commit("first"));
        source.Write("a", "2");
        source.Commit("second");
        source.Write("a", "3");
        var third = source.Commit("third");
        source.Git("tag", "v3");
        source.Git("tag", "-a", "-m", "annotated", "v3.1");

        foreach (var (revision, name, tag) in new[]
        {
            ("v1", "refs/tags/v1", "v1"), ("main~2", "refs/tags/v1", "v1"), ("main~1", null, null), ("HEAD", "refs/heads/main", "v3.1"),
            ("main", "refs/heads/main", "v3.1"), ("v3", "refs/tags/v3", "v3"), ("v3.1", "refs/tags/v3.1", "v3.1"), (third, "refs/heads/main", "v3.1"), (third[..9], "refs/heads/main", "v3.1"),
        })
        {
            await using var begun = await RepositorySource.BeginAsync(source.Root, revision, caches: null, CancellationToken.None);

            Assert.Equal((revision, name, tag), (revision, begun.Commit.Ref, begun.Commit.Tag));
            Assert.Equal((await source.OpenAsync(revision)).Commit, begun.Commit);
        }
    }

    [Fact]
    public async Task A_folder_with_the_configurations_name_and_a_content_that_is_not_here_are_no_missing_configuration()
    {
        using var source = new TemporaryRepository();
        source.Write(ReleaseConfiguration.FileName + "/a", "1");
        var folder = source.Commit();
        Directory.Delete(Path.Combine(source.Root, ReleaseConfiguration.FileName), recursive: true);
        source.Write(ReleaseConfiguration.FileName, "name: app\n");
        source.Commit();
        source.Git("config", "uploadpack.allowFilter", "true");
        var partial = Path.Combine(source.Folder, "partial");
        source.Git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://" + source.Root, partial);

        Assert.Equal(SourceCodes.GitFailed, await CodeOf(source.Root, folder));
        Assert.Equal(SourceCodes.GitFailed, await CodeOf(partial, "HEAD"));

        static async Task<string> CodeOf(string root, string revision)
        {
            await using var begun = await RepositorySource.BeginAsync(root, revision, caches: null, CancellationToken.None);
            return (await Assert.ThrowsAsync<SourceException>(() => begun.TryReadFileAsync(ReleaseConfiguration.FileName, CancellationToken.None))).Code;
        }
    }

    [Fact]
    public async Task A_commit_that_is_damaged_is_refused_with_gits_words()
    {
        using var source = new TemporaryRepository();
        var id = source.Commit();
        var file = Path.Combine(source.Root, ".git", "objects", id[..2], id[2..]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        var refusal = await Assert.ThrowsAsync<SourceException>(() => RepositorySource.BeginAsync(source.Root, id, caches: null, CancellationToken.None));

        Assert.Contains(refusal.Code, (string[])[SourceCodes.ObjectMissing, SourceCodes.UnknownCommit]);
        Assert.Contains(id, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_are_read_whole_by_one_git_question_after_question()
    {
        using var source = new TemporaryRepository();
        var large = new string('l', 600_000);
        source.Write("a", "1\n2");
        source.Write("empty", "");
        source.Write("large", large);
        var commit = source.Commit();
        source.Git("tag", "-a", "-m", "tagged", "v1");
        await using var objects = new GitObjects((await source.OpenAsync()).Repository.Git);

        var first = await objects.ReadAsync(CancellationToken.None, $"{commit}:a", "HEAD:x y", new string('0', 40), $"{commit}:large", "v1", "");
        var second = await objects.ReadAsync(CancellationToken.None, $"{commit}:empty", commit);

        Assert.Equal(["blob 3", "-", "-", "blob 600000", $"tag {first[4]?.Content.Length}", "-", "blob 0", $"commit {second[1]?.Content.Length}"], first.Concat(second).Select(o => o is null ? "-" : $"{o.Type} {o.Content.Length}"));
        Assert.Equal("1\n2"u8.ToArray(), first[0]!.Content);
        Assert.Equal(large, Encoding.ASCII.GetString(first[3]!.Content));
        Assert.Equal(commit, second[1]!.Id.ToString());
        Assert.Equal(source.Git("rev-parse", $"{commit}:a"), first[0]!.Id.ToString());
    }

    [Fact]
    public async Task An_object_that_is_too_large_to_be_held_leaves_the_rest_without_an_answer_and_git_ends()
    {
        using var source = new TemporaryRepository();
        source.Write("small", "1");
        await using (var large = File.Create(Path.Combine(source.Root, "large")))
        {
            large.SetLength(65 << 20);
        }

        var commit = source.Commit();
        var git = (await source.OpenAsync()).Repository.Git;

        Assert.Equal(["blob", "-", "-", "-"], await ReadAsync().WaitAsync(TimeSpan.FromSeconds(30)));

        async Task<IEnumerable<string>> ReadAsync()
        {
            await using var objects = new GitObjects(git);
            var first = await objects.ReadAsync(CancellationToken.None, $"{commit}:small", $"{commit}:large", commit);
            return first.Concat(await objects.ReadAsync(CancellationToken.None, $"{commit}:small")).Select(o => o?.Type ?? "-");
        }
    }

    [Fact]
    public void A_tree_holds_the_names_of_its_entries_and_no_part_of_them()
    {
        byte[] id = [.. "100644 x"u8, 0, .. new byte[11]];
        byte[] tree = [.. "100644 ab"u8, 0, .. id, .. "40000 c"u8, 0, .. id];

        Assert.All((string[])["ab", "c"], name => Assert.True(RawTree.Holds(tree, name, 20)));
        Assert.All((string[])["a", "b", "x"], name => Assert.False(RawTree.Holds(tree, name, 20)));
        Assert.False(RawTree.Holds([], "a", 20));
        Assert.True(RawTree.Holds(tree.AsSpan()[..^1], "x", 20));
    }

    private static async Task<string?> ConfigurationOf(RepositorySource source) =>
        await source.TryReadFileAsync(ReleaseConfiguration.FileName, CancellationToken.None) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
