using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Manifests;
using IuCutter.Tests.Unit.Support;
using static IuCutter.Tests.Unit.Support.ReleaseScene;

namespace IuCutter.Tests.Unit.Releases;

public sealed class LinkedReleaseTests : IDisposable
{
    private static readonly (string Path, EntryKind Kind, byte[] Content)[] Payload =
    [
        ("bin/run", EntryKind.Executable, "#!/bin/sh\n"u8.ToArray()),
        ("data/one", EntryKind.File, "one"u8.ToArray()),
        ("data/twin of one", EntryKind.File, "one"u8.ToArray()),
        ("large", EntryKind.File, [.. Enumerable.Range(0, 700_000).Select(i => (byte)(i * 31))]),
    ];

    private readonly ReleaseScene _scene = new();
    private readonly DeployRoot _root;

    public LinkedReleaseTests() => _root = _scene.Root;

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Releases_that_are_both_read_only_share_every_file()
    {
        var (one, _) = await PublishAsync('a', LinkRule.Hard);
        var (two, comparison) = await PublishAsync('b', LinkRule.Hard, one);

        Assert.All(Payload, p => Assert.Contains(Status(two, p.Path).Inode, Payload.Select(q => Status(one, q.Path).Inode)));
        Assert.Equal(Payload.Length, comparison.Linked);
        Assert.All(Payload, p => Assert.Equal(p.Kind == EntryKind.Executable ? 0x16Du : 0x124u, Status(two, p.Path).Mode));
        Assert.True(ReleaseFolder.Verify(_root, one, CancellationToken.None) is { HoldsTheManifest: true });
    }

    [Theory]
    [InlineData(LinkRule.Copy, LinkRule.Copy)]
    [InlineData(LinkRule.Copy, LinkRule.Hard)]
    [InlineData(LinkRule.Hard, LinkRule.Copy)]
    public async Task A_release_that_may_be_written_to_shares_no_file(LinkRule first, LinkRule second)
    {
        var (one, _) = await PublishAsync('a', first);
        var (two, comparison) = await PublishAsync('b', second, one);

        Assert.All(Payload, p => Assert.NotEqual(Status(one, p.Path).Inode, Status(two, p.Path).Inode));
        Assert.All(Payload, p => Assert.Equal(1u, Status(two, p.Path).Names));
        Assert.Equal(0, comparison.Linked);
        Assert.Equal(first == LinkRule.Copy ? 0x1A4u : 0x124u, Status(one, "large").Mode);
    }

    [Fact]
    public async Task A_file_that_changed_is_not_shared_and_one_that_was_opened_to_writing_is_copied()
    {
        var (one, _) = await PublishAsync('a', LinkRule.Hard);
        var tree = _root.TreePath(one);
        File.SetUnixFileMode(Path.Combine(tree, "large"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(Path.Combine(tree, "bin/run"));
        await File.WriteAllTextAsync(Path.Combine(tree, "bin/run"), "#!/bin/ed\n");
        File.SetUnixFileMode(Path.Combine(tree, "bin/run"), (UnixFileMode)0x16D);

        using var staging = Staging.Begin(_root, ManifestOf(Payload, 'b'), TimeProvider.System, LinkRule.Hard);
        new ReleaseReuse(_root, staging, TimeProvider.System).TakeFrom(one, _ => { }, CancellationToken.None);

        Assert.Equal((1, 1), (staging.Rotten, (int)staging.MissingCount));
        using var staged = DirectoryHandle.Open(Path.Combine(_root.Path, ".iucutter/staging", staging.Manifest.ReleaseId.ToString(), "tree"));
        Assert.Equal((1u, 3u), (staged.Status("large"u8)!.Value.Names, staged.Status("data/one"u8)!.Value.Names));
    }

    [Fact]
    public async Task A_file_of_a_read_only_release_that_can_be_written_to_is_a_difference()
    {
        var (one, _) = await PublishAsync('a', LinkRule.Hard);
        File.SetUnixFileMode(Path.Combine(_root.TreePath(one), "data/one"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var comparison = ReleaseFolder.Verify(_root, one, CancellationToken.None);

        Assert.Equal("data/one was given the mode 600", Assert.Single(comparison.Differences));
    }

    private NodeStatus Status(ReleaseId release, string path)
    {
        using var tree = DirectoryHandle.Open(_root.TreePath(release));
        return tree.Status(Encoding.UTF8.GetBytes(path))!.Value;
    }

    private async Task<(ReleaseId Release, TreeComparison Comparison)> PublishAsync(char commit, LinkRule link, ReleaseId? from = null)
    {
        using var staging = Staging.Begin(_root, ManifestOf(Payload, commit), TimeProvider.System, link);
        if (from is { } earlier)
        {
            new ReleaseReuse(_root, staging, TimeProvider.System).TakeFrom(earlier, _ => { }, CancellationToken.None);
        }
        else
        {
            staging.Resume(0, 0);
            staging.Take(StreamOf(staging.Manifest, Payload));
        }

        var configuration = ReleaseConfigurationJson.Serialize(ReleaseConfiguration.Default("app") with { Link = link });
        var comparison = await staging.CompleteAsync(configuration, _root.Directory.FlushFileSystem, CancellationToken.None);
        Assert.True(comparison is { HoldsTheManifest: true, Extra: 0 }, comparison.ToString());
        _root.Publish(staging.Manifest.ReleaseId);
        return (staging.Manifest.ReleaseId, comparison);
    }
}
