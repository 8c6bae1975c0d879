using System.Text;
using IuCutter.Agent;
using IuCutter.Agent.Releases;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Tests.Unit.Support;
using static IuCutter.Tests.Unit.Support.ReleaseScene;

namespace IuCutter.Tests.Unit.Releases;

public sealed class StagingTests : IDisposable
{
    private static readonly byte[] Large = [.. Enumerable.Range(0, 700_000).Select(i => (byte)(i * 31))];

    private readonly ReleaseScene _scene = new();
    private readonly DeployRoot _root;

    public StagingTests() => _root = _scene.Root;

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(65_536)]
    [InlineData(10_000_000)]
    public async Task Contents_arrive_whole_however_the_stream_is_cut(int piece)
    {
        var payload = new (string Path, EntryKind Kind, byte[] Content)[]
        {
            ("bin/run", EntryKind.Executable, "#!/bin/sh\n"u8.ToArray()),
            ("empty", EntryKind.File, []),
            ("large", EntryKind.File, piece < 100 ? Large[..2_000] : Large),
            ("link", EntryKind.Link, "bin/run"u8.ToArray()),
            ("same/as/run", EntryKind.File, "#!/bin/sh\n"u8.ToArray()),
            ("text of the link", EntryKind.File, "bin/run"u8.ToArray()),
        };
        var manifest = ManifestOf(payload);
        using (var staging = Staging.Begin(_root, manifest, TimeProvider.System))
        {
            Send(staging, payload, piece);
            Assert.Equal(0, staging.MissingCount);
            Assert.True(await staging.CompleteAsync("{}"u8.ToArray(), _root.Directory.FlushFileSystem, CancellationToken.None) is { HoldsTheManifest: true, Extra: 0 });
        }

        _root.Publish(manifest.ReleaseId);

        var comparison = ReleaseFolder.Verify(_root, manifest.ReleaseId, CancellationToken.None);
        Assert.True(comparison is { HoldsTheManifest: true, Extra: 0 }, comparison.ToString());
        Assert.Equal("bin/run", new FileInfo(Path.Combine(_root.TreePath(manifest.ReleaseId), "link")).LinkTarget);
    }

    [Fact]
    public void A_content_that_is_not_what_the_manifest_says_is_dropped_and_can_come_again()
    {
        var payload = new[] { ("a", EntryKind.File, "first"u8.ToArray()), ("b", EntryKind.File, "second"u8.ToArray()) };
        using var staging = Staging.Begin(_root, ManifestOf(payload), TimeProvider.System);
        staging.Resume(0, 0);

        var refusal = Assert.Throws<RefusalException>(() => staging.Take("firstWRONG!"u8.ToArray()));

        Assert.Equal(RefusalCode.DigestMismatch, refusal.Code);
        Assert.Equal([(1, 1)], staging.Missing());
        Assert.Equal(0, staging.ResumeOffset);
        staging.Resume(1, 0);
        staging.Take("second"u8.ToArray());
        Assert.Empty(staging.Missing());
    }

    [Fact]
    public void An_upload_goes_on_inside_a_content_and_nowhere_else()
    {
        var payload = new[] { ("a", EntryKind.File, "0123456789"u8.ToArray()) };
        using var staging = Staging.Begin(_root, ManifestOf(payload), TimeProvider.System);
        staging.Resume(0, 0);
        staging.Take("0123"u8.ToArray());

        Assert.Equal(4, staging.ResumeOffset);
        Assert.Throws<RefusalException>(() => staging.Resume(0, 0));
        staging.Resume(0, 4);
        staging.Take("456789"u8.ToArray());
        Assert.Throws<RefusalException>(() => staging.Take("more"u8.ToArray()));
        Assert.Empty(staging.Missing());
    }

    [Fact]
    public async Task What_other_releases_have_is_taken_from_them_unless_it_was_changed_there()
    {
        var old = new[] { ("kept", EntryKind.File, "kept"u8.ToArray()), ("rots", EntryKind.File, "sound"u8.ToArray()), ("to", EntryKind.Link, "kept"u8.ToArray()) };
        var first = await _scene.PublishAsync(old);
        await File.WriteAllTextAsync(Path.Combine(_root.TreePath(first), "rots"), "swapt");
        var next = ManifestOf([.. old, ("new", EntryKind.File, "new"u8.ToArray())], 'b');

        using var staging = Staging.Begin(_root, next, TimeProvider.System);
        new ReleaseReuse(_root, staging, TimeProvider.System).TakeFrom(first, _ => { }, CancellationToken.None);

        Assert.Equal((1, 1), (staging.Reused, staging.Rotten));
        Assert.Equal(["new", "sound"], staging.Missing().SelectMany(m => Enumerable.Range(m.First, m.Count)).Select(i => Encoding.ASCII.GetString(Content(i))));

        byte[] Content(int number) =>
            ((byte[][])[.. old.Select(e => e.Item3), "new"u8.ToArray()]).First(c => Sha256Digest.Of(c) == next.DistinctContents[number].Digest);
    }

    [Fact]
    public async Task A_release_that_contents_were_taken_from_is_read_again_only_where_it_was_not_or_was_touched()
    {
        string[] names = ["kept", "large", "rotten", "touched", "unwanted"];
        var payload = names.Select(n => (n, EntryKind.File, n == "large" ? Large : Encoding.ASCII.GetBytes(n))).ToArray();
        var first = await _scene.PublishAsync(payload);
        await File.WriteAllTextAsync(Path.Combine(_root.TreePath(first), "rotten"), "ROTTEN");
        using var staging = Staging.Begin(_root, ManifestOf(payload[..^1], 'b'), TimeProvider.System);

        var marks = new ReleaseReuse(_root, staging, new Clock(TimeProvider.System.GetUtcNow().AddMinutes(1))).TakeFrom(first, _ => { }, CancellationToken.None)!;
        await File.WriteAllTextAsync(Path.Combine(_root.TreePath(first), "touched"), "TOUCHED");
        var comparison = ReleaseFolder.Verify(_root, first, CancellationToken.None, marks: marks);

        Assert.Equal((2, 2), (comparison.Untouched, comparison.DifferenceCount));
        Assert.Equal(["rotten", "touched"], comparison.Differences.Select(d => d.Split(' ')[0]));
        Assert.Equal("rottentouchedunwanted".Length, comparison.Bytes);
    }

    [Fact]
    public async Task What_one_release_has_no_more_is_taken_from_the_next()
    {
        var payload = new[] { ("a", EntryKind.File, "shared"u8.ToArray()), ("large", EntryKind.File, Large) };
        var (first, second) = (await _scene.PublishAsync(payload), await _scene.PublishAsync(payload, 'b'));
        await File.AppendAllTextAsync(Path.Combine(_root.TreePath(first), "a"), "!");
        await File.WriteAllBytesAsync(Path.Combine(_root.TreePath(first), "large"), Large[..^1]);

        using var staging = Staging.Begin(_root, ManifestOf(payload, 'c'), TimeProvider.System);
        var reuse = new ReleaseReuse(_root, staging, TimeProvider.System);
        reuse.TakeFrom(first, _ => { }, CancellationToken.None);
        Assert.Equal((0, 2), (staging.Reused, staging.Rotten));
        reuse.TakeFrom(second, _ => { }, CancellationToken.None);

        Assert.Equal((2, 2), (staging.Reused, staging.Rotten));
        Assert.True(await staging.CompleteAsync("{}"u8.ToArray(), _root.Directory.FlushFileSystem, CancellationToken.None) is { HoldsTheManifest: true, Extra: 0 });
    }

    [Fact]
    public async Task A_release_whose_files_are_gone_is_passed_over()
    {
        var payload = new[] { ("f", EntryKind.File, "kept"u8.ToArray()) };
        var first = await _scene.PublishAsync(payload);
        Directory.Move(_root.TreePath(first), _root.TreePath(first) + "-elsewhere");

        using var staging = Staging.Begin(_root, ManifestOf(payload, 'b'), TimeProvider.System);

        Assert.Null(new ReleaseReuse(_root, staging, TimeProvider.System).TakeFrom(first, _ => { }, CancellationToken.None));
        Assert.Equal((0, 0), (staging.Reused, staging.Rotten));
    }

    [Fact]
    public async Task What_other_releases_have_is_not_waited_for_when_it_became_a_pipe()
    {
        var payload = new[] { ("f", EntryKind.File, "kept"u8.ToArray()) };
        var first = await _scene.PublishAsync(payload);
        var file = Path.Combine(_root.TreePath(first), "f");
        File.Delete(file);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [file]))
        {
            await mkfifo.WaitForExitAsync();
        }

        using var staging = Staging.Begin(_root, ManifestOf(payload, 'b'), TimeProvider.System);
        new ReleaseReuse(_root, staging, TimeProvider.System).TakeFrom(first, _ => { }, CancellationToken.None);

        Assert.Equal((0, 1), (staging.Reused, staging.Rotten));
    }

    [Fact]
    public async Task A_slot_is_switched_only_from_what_it_is_expected_to_be()
    {
        var (one, two) = (await _scene.PublishAsync([("f", EntryKind.File, "1"u8.ToArray())]), await _scene.PublishAsync([("f", EntryKind.File, "2"u8.ToArray())], 'b'));
        var slot = _root.Slot("app");
        slot.Switch(new SlotState.Free(), one);
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(_root.Path, "app", "f")));

        Assert.Throws<RefusalException>(() => slot.Switch(new SlotState.Free(), two));
        Assert.Throws<RefusalException>(() => slot.Switch(new SlotState.Live(two), one));
        Assert.Equal(one, slot.Read().LiveRelease);

        slot.Switch(new SlotState.Live(one), two);
        Assert.Equal("2", await File.ReadAllTextAsync(Path.Combine(_root.Path, "app", "f")));
        slot.Switch(new SlotState.Live(two), null);
        Assert.Equal(new SlotState.Free(), slot.Read());
    }

    [Fact]
    public async Task What_someone_else_put_at_a_slot_is_never_replaced()
    {
        var release = await _scene.PublishAsync([("f", EntryKind.File, "1"u8.ToArray())]);
        var path = Path.Combine(_root.Path, "app");
        var slot = _root.Slot("app");
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, "mine"), "kept");

        Assert.Throws<RefusalException>(() => slot.Switch(new SlotState.Free(), release));
        Assert.Throws<RefusalException>(() => slot.Switch(new SlotState.Live(release), release));
        Assert.Throws<RefusalException>(() => slot.Switch(new SlotState.Foreign("a directory"), null));

        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(path, "mine")));
    }

    [Fact]
    public async Task A_changed_missing_or_extra_file_is_found_in_a_release()
    {
        var release = await _scene.PublishAsync([("a", EntryKind.File, "a"u8.ToArray()), ("b", EntryKind.File, "b"u8.ToArray()), ("c", EntryKind.Executable, "c"u8.ToArray())]);
        var tree = _root.TreePath(release);
        await File.WriteAllTextAsync(Path.Combine(tree, "a"), "x");
        File.Delete(Path.Combine(tree, "b"));
        File.SetUnixFileMode(Path.Combine(tree, "c"), UnixFileMode.UserRead);
        await File.WriteAllTextAsync(Path.Combine(tree, "d"), "d");

        var comparison = ReleaseFolder.Verify(_root, release, CancellationToken.None);

        Assert.Equal((3, 1, "d"), (comparison.DifferenceCount, comparison.Extra, comparison.FirstExtra));
    }

    private static void Send(Staging staging, IReadOnlyCollection<(string Path, EntryKind Kind, byte[] Content)> payload, int piece)
    {
        var stream = StreamOf(staging.Manifest, payload);
        staging.Resume(0, 0);
        for (var at = 0; at < stream.Length; at += piece)
        {
            staging.Take(stream.AsMemory(at, Math.Min(piece, stream.Length - at)));
        }
    }
}
