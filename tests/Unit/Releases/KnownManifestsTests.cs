using IuCutter.Agent;
using IuCutter.Agent.Releases;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Releases;

public sealed class KnownManifestsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DeployRoot _root;

    public KnownManifestsTests()
    {
        _root = DeployRoot.Open(_folder.Make("root"));
    }

    public void Dispose()
    {
        _root.Dispose();
        _folder.Dispose();
    }

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
        var large = Enumerable.Range(0, 3).Select(i => ManifestOf((char)('a' + i), 80_000)).ToList();
        large.ForEach(_root.Manifests.Add);

        Assert.True(large.Sum(m => m.CanonicalBytes.Length) > 40 << 20);
        Assert.Null(_root.Manifests.Find(large[0].ReleaseId));
        Assert.Same(large[2], _root.Manifests.Find(large[2].ReleaseId));
    }

    private static Manifest ManifestOf(char commit, int entries)
    {
        ManifestEntryList list = [];
        for (var i = 0; i < entries; i++)
        {
            list.Add(new ManifestEntry(TreePath.FromBytes(System.Text.Encoding.ASCII.GetBytes($"{i:d6}{new string('x', 100)}")), EntryKind.File, 3, Sha256Digest.Of("one"u8)));
        }

        return Manifest.Create("app", new string(commit, 40), new string('a', 40), 0, list);
    }

    private async Task<ReleaseId> PublishAsync()
    {
        var manifest = ManifestOf('a', 1);
        using (var staging = Staging.Begin(_root, manifest, TimeProvider.System))
        {
            staging.Resume(0, 0);
            staging.Take("one"u8.ToArray());
            await staging.CompleteAsync("{}"u8.ToArray(), CancellationToken.None);
        }

        _root.Publish(manifest.ReleaseId);
        return manifest.ReleaseId;
    }
}
