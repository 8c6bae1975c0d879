using IuCutter.Agent;
using IuCutter.Agent.Releases;
using IuCutter.Manifests;
using IuCutter.Tests.Unit.Support;
using static IuCutter.Tests.Unit.Support.ReleaseScene;

namespace IuCutter.Tests.Unit.Releases;

public sealed class KnownManifestsTests : IDisposable
{
    private readonly ReleaseScene _scene = new();
    private readonly DeployRoot _root;

    public KnownManifestsTests() => _root = _scene.Root;

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task One_that_was_read_is_given_out_again_as_long_as_somebody_holds_them()
    {
        var release = await PublishAsync();
        Assert.NotSame(ReleaseFolder.ReadManifest(_root, release), ReleaseFolder.ReadManifest(_root, release));
        Manifest first;
        using (_root.Manifests.Hold())
        {
            using (_root.Manifests.Hold())
            {
                first = ReleaseFolder.ReadManifest(_root, release);
            }

            Assert.Same(first, ReleaseFolder.ReadManifest(_root, release));
        }

        Assert.NotSame(first, ReleaseFolder.ReadManifest(_root, release));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_lies_on_the_disk_counts_whatever_was_known(int more)
    {
        var release = await PublishAsync();
        using var held = _root.Manifests.Hold();
        _ = ReleaseFolder.ReadManifest(_root, release);
        var file = Path.Combine(_root.TreePath(release), "../manifest");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^2] ^= 1;
        await File.WriteAllBytesAsync(file, [.. bytes, .. new byte[more]]);

        Assert.Throws<RefusalException>(() => ReleaseFolder.ReadManifest(_root, release));
        Assert.Null(ReleaseFolder.TryReadHead(_root, release));
    }

    [Fact]
    public async Task A_release_s_head_is_its_manifest_s()
    {
        var release = await PublishAsync();
        var manifest = ReleaseFolder.ReadManifest(_root, release);

        Assert.Equal((new ManifestHead(manifest.Name, manifest.Commit, 1, manifest.ContentBytes), manifest.Digest), ReleaseFolder.TryReadHead(_root, release));
        File.Delete(Path.Combine(_root.TreePath(release), "../manifest"));
        Assert.Null(ReleaseFolder.TryReadHead(_root, release));
    }

    [Fact]
    public void Large_ones_push_each_other_out()
    {
        using var held = _root.Manifests.Hold();
        var large = Enumerable.Range(0, 3).Select(i => LargeManifest((char)('a' + i))).ToList();
        large.ForEach(_root.Manifests.Add);

        Assert.True(large.Sum(m => m.CanonicalBytes.Length) > 40 << 20);
        Assert.Null(_root.Manifests.Find(large[0].ReleaseId));
        Assert.Same(large[2], _root.Manifests.Find(large[2].ReleaseId));
    }

    private static Manifest LargeManifest(char commit) => ManifestOf(
        Enumerable.Range(0, 80_000).Select(i => ($"{i:d6}{new string('x', 100)}", EntryKind.File, "one"u8.ToArray())), commit);

    private Task<ReleaseId> PublishAsync() => _scene.PublishAsync([("one", EntryKind.File, "one"u8.ToArray())]);
}
