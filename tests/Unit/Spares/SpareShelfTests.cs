using System.Text;
using IuCutter.Agent;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Spares;
using IuCutter.Commands;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Tests.Unit.Support;
using static IuCutter.Tests.Unit.Support.ReleaseScene;

namespace IuCutter.Tests.Unit.Spares;

public sealed class SpareShelfTests : IDisposable
{
    private static readonly byte[] Large = [.. Enumerable.Range(0, 700_000).Select(i => (byte)(i * 31))];

    private static readonly (string Path, EntryKind Kind, byte[] Content)[] Payload =
    [
        ("bin/run", EntryKind.Executable, "#!/bin/sh\n"u8.ToArray()),
        ("data/deep/one", EntryKind.File, "one"u8.ToArray()),
        ("data/empty", EntryKind.File, []),
        ("data/twin", EntryKind.File, "one"u8.ToArray()),
        ("large", EntryKind.File, Large),
        ("link", EntryKind.Link, "data/twin"u8.ToArray()),
        .. Enumerable.Range(0, 20).Select(i => ($"many/{i:00}", EntryKind.File, Encoding.ASCII.GetBytes($"file {i}"))),
    ];

    // A file that was changed a moment ago may be changed again unseen: from here all of them were long ago.
    private readonly Clock _clock = new(TimeProvider.System.GetUtcNow().AddMinutes(1));
    private readonly ReleaseScene _scene = new();
    private readonly DeployRoot _root;
    private readonly SpareShelf _shelf;

    public SpareShelfTests()
    {
        _root = _scene.Root;
        _shelf = new SpareShelf(_root, runner: null, _clock);
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_release_made_from_a_spare_is_the_manifests_and_shares_nothing_with_the_one_it_was_copied_from()
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        var next = Payload.Select(p => p.Path == "many/07" ? (p.Path, p.Kind, "changed"u8.ToArray()) : p).Where(p => p.Path != "many/08").ToArray();

        using var staging = Stage(next, 'b');

        Assert.Equal("changed", Assert.Single(Missing(staging, next)));
        Assert.Equal(staging.Manifest.DistinctContents.Count - 1, staging.Spared);
        await FinishAsync(staging, next);
        foreach (var (path, _, _) in next.Where(p => p.Kind != EntryKind.Link))
        {
            Assert.NotEqual(Status(_root.TreePath(first), path).Inode, Status(_root.TreePath(staging.Manifest.ReleaseId), path).Inode);
        }

        Assert.True(ReleaseFolder.Verify(_root, first, CancellationToken.None) is { HoldsTheManifest: true, Extra: 0 });
        Assert.Empty(_root.SpareNames());
    }

    [Theory]
    [InlineData("printf 'file X' >many/07")]
    [InlineData("printf more >>many/07")]
    [InlineData("rm many/07")]
    [InlineData("rm many/07; mkfifo many/07")]
    [InlineData("rm many/07; mkdir many/07; touch many/07/inside")]
    [InlineData("rm many/07; ln -s 08 many/07")]
    [InlineData("chmod 600 many/07")]
    [InlineData("chmod 4755 bin/run")]
    [InlineData("ln many/07 many/extra")]
    [InlineData("ln many/07 ../outside")]
    [InlineData("chown 4711 many/07")]
    [InlineData("mkdir -p new/folder; touch new/folder/file; ln -s /etc new/etc")]
    [InlineData("rm -r many; ln -s data many")]
    [InlineData("rm -r many; touch many")]
    [InlineData("ln -sf elsewhere link")]
    [InlineData("rm link; printf data/twin >link")]
    [InlineData("printf two >data/twin")]
    [InlineData("printf two >data/twin; printf two >data/deep/one")]
    [InlineData("printf XXXX | dd of=large bs=1 seek=600000 conv=notrunc 2>/dev/null")]
    [InlineData("rm -r data many bin large link")]
    public async Task Whatever_has_become_of_a_spare_the_release_is_as_the_manifest_says(string how)
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        Shell(how, Path.Combine(_root.Path, ".iucutter/spares", first.ToString(), "tree"));

        using var staging = Stage(Payload, 'b');
        new ReleaseReuse(_root, staging, TimeProvider.System).TakeFrom(first, _ => { }, CancellationToken.None);

        Assert.Empty(staging.Missing());
        await FinishAsync(staging, Payload);
    }

    [Theory]
    [InlineData("chmod 700 tree/data")]
    [InlineData("chmod 777 tree/data/deep")]
    [InlineData("chown 4711 tree/data/deep")]
    [InlineData("chgrp 4711 tree/data/deep")]
    [InlineData("chmod 1755 tree")]
    [InlineData("chmod 700 .")]
    public async Task A_spare_of_which_a_folder_was_changed_is_of_no_use(string how)
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        Shell(how, Path.Combine(_root.Path, ".iucutter/spares", first.ToString()));

        Assert.Throws<IOException>(() => Stage(Payload, 'b'));

        using var anew = Staging.Begin(_root, ManifestOf(Payload, 'b'), TimeProvider.System);
        new ReleaseReuse(_root, anew, TimeProvider.System).TakeFrom(first, _ => { }, CancellationToken.None);
        await FinishAsync(anew, Payload);
    }

    [Fact]
    public async Task What_lies_beside_a_spares_tree_does_not_become_the_releases()
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        Shell("echo planted >manifest; mkdir -p more; touch more/file", Path.Combine(_root.Path, ".iucutter/spares", first.ToString()));

        using var staging = Stage(Payload, 'b');
        await FinishAsync(staging, Payload);

        Assert.Equal(["DEPLOY-MANIFEST.txt", "configuration.json", "manifest", "tree"], Directory.GetFileSystemEntries(Path.GetDirectoryName(_root.TreePath(staging.Manifest.ReleaseId))!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("true", 0)]
    [InlineData("touch many/07", 1)]
    [InlineData("cp -p many/07 new; mv new many/07", 1)]
    [InlineData("chmod 600 many/07; chmod 644 many/07", 1)]
    [InlineData("t=$(stat -c %y many/07); printf 'file X' >many/07; touch -d \"$t\" many/07", 1)]
    public async Task What_was_read_in_a_spare_when_it_was_made_is_read_again_only_where_it_was_touched(string how, int touched)
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        Shell(how, Path.Combine(_root.Path, ".iucutter/spares", first.ToString(), "tree"));
        var next = Payload.Where(p => p.Path != "bin/run").Append(("more", EntryKind.File, "more"u8.ToArray())).OrderBy(p => p.Item1, StringComparer.Ordinal).ToArray();

        using var staging = Stage(next, 'b');

        Assert.Equal(next.Count(p => p.Item2 != EntryKind.Link) - 1 - touched, staging.Untouched);
    }

    [Fact]
    public async Task What_was_read_a_day_ago_or_before_a_restart_is_read_again()
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        _clock.Passes(TimeSpan.FromHours(23));
        Assert.NotNull(_shelf.SeenOf(first));
        Assert.NotNull(_shelf.Take(ManifestOf(Payload, 'b'), first)!.Value.Read);
        Make(first);
        _clock.Passes(TimeSpan.FromHours(25));

        Assert.Null(_shelf.SeenOf(first));
        Assert.Null(_shelf.Take(ManifestOf(Payload, 'b'), first)!.Value.Read);

        Make(first);
        Assert.Null(new SpareShelf(_root, runner: null, _clock).Take(ManifestOf(Payload, 'b'), first)!.Value.Read);
    }

    [Fact]
    public async Task What_was_read_of_one_release_is_known_beside_what_was_read_of_another()
    {
        var (first, second) = (await _scene.PublishAsync(Payload, 'a'), await _scene.PublishAsync(Payload, 'b'));
        Make(first);
        Make(second);

        Assert.All([first, second], release => Assert.NotNull(_shelf.SeenOf(release)));
        Assert.NotNull(_shelf.Take(ManifestOf(Payload, 'c'), first)!.Value.Read);
        _shelf.Keep(new HashSet<ReleaseId> { second });
        Assert.Null(_shelf.SeenOf(first));
        Assert.NotNull(_shelf.Take(ManifestOf(Payload, 'c'), second)!.Value.Read);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_read_in_a_spare_is_read_again_where_a_command_has_run_since(bool readAll)
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        var manifest = ManifestOf(Payload, 'b');
        var spare = _shelf.Take(manifest, first)!.Value;
        using var staging = Staging.Begin(spare.Folder, spare.Read, manifest, new Clock(TimeProvider.System.GetUtcNow().AddMinutes(1)), CancellationToken.None);

        var comparison = await staging.CompleteAsync("{}"u8.ToArray(), _shelf.FlushFileSystem, CancellationToken.None, readAll);

        Assert.True(comparison.HoldsTheManifest);
        Assert.Equal(readAll ? 0 : Payload.Count(p => p.Kind != EntryKind.Link), comparison.JustHeld);
        Assert.Equal(readAll ? Payload.Where(p => p.Kind != EntryKind.Link).Sum(p => p.Content.Length) : 0, comparison.Bytes);
    }

    [Fact]
    public async Task A_spare_that_is_far_from_what_is_wanted_is_left_alone()
    {
        var many = Enumerable.Range(0, 1001).Select(i => ($"many/{i:0000}", EntryKind.File, Encoding.ASCII.GetBytes($"file {i}"))).ToArray();
        var first = await _scene.PublishAsync(many, 'a');
        Make(first);
        var other = many.Select(p => (p.Item1 + "x", p.File, p.Item3)).ToArray();

        Assert.Null(_shelf.Take(ManifestOf(other, 'b'), first));
        Assert.True(_root.HasSpare(first));
        Assert.NotNull(_shelf.Take(ManifestOf([many[0], .. other[1..]], 'b'), first));
    }

    [Fact]
    public async Task A_making_that_was_interrupted_is_of_use_and_goes_on()
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        using (var release = _root.OpenRelease(first))
        using (var spare = _root.OpenSpare(first))
        using (var copy = new SpareCopy(release, spare, ManifestOf(Payload[..6], 'a')))
        {
            copy.Run(new TreeMarks(6, TimeProvider.System), CancellationToken.None);
        }

        using (var ended = new CancellationTokenSource())
        {
            await ended.CancelAsync();
            Assert.Throws<OperationCanceledException>(() => _shelf.Make(first, ManifestOf(Payload, 'a'), ended.Token));
        }

        Assert.Equal([$"{first}.part"], _root.SpareNames());
        Assert.False(_root.HasSpare(first));
        using (var staging = Stage(Payload, 'b'))
        {
            Assert.Equal(ManifestOf(Payload[..6], 'a').DistinctContents.Count, staging.Spared);
        }

        Make(first);
        Assert.True(_root.HasSpare(first));
    }

    [Fact]
    public async Task What_is_damaged_in_the_release_does_not_enter_its_spare()
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        await File.WriteAllTextAsync(Path.Combine(_root.TreePath(first), "many/07"), "file X");

        Make(first);

        Assert.False(File.Exists(Path.Combine(_root.Path, ".iucutter/spares", first.ToString(), "tree/many/07")));
        Assert.True(File.Exists(Path.Combine(_root.Path, ".iucutter/spares", first.ToString(), "tree/many/08")));
    }

    [Fact]
    public async Task Files_that_were_read_for_a_spare_are_read_again_only_when_they_were_touched()
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        await File.WriteAllTextAsync(Path.Combine(_root.TreePath(first), "many/07"), "file X");

        var comparison = ReleaseFolder.Verify(_root, first, CancellationToken.None, marks: _shelf.SeenOf(first));

        Assert.Equal((Payload.Length - 2, 1), (comparison.Untouched, comparison.DifferenceCount));
        Assert.Null(_shelf.SeenOf(ManifestOf(Payload, 'b').ReleaseId));
    }

    [Fact]
    public async Task What_was_read_for_a_spare_counts_until_a_command_has_run()
    {
        using var state = StateDirectory.Open(_scene.In("state"));
        var runner = new PayloadRunner(Sandbox.None, SandboxTier.T0, null, state, TimeProvider.System);
        var shelf = new SpareShelf(_root, runner, TimeProvider.System);
        var first = await _scene.PublishAsync(Payload, 'a');
        shelf.Make(first, ReleaseFolder.ReadManifest(_root, first), CancellationToken.None);
        Assert.NotNull(shelf.SeenOf(first));
        Assert.NotNull(shelf.Take(ManifestOf(Payload, 'b'), first)!.Value.Read);
        shelf.Make(first, ReleaseFolder.ReadManifest(_root, first), CancellationToken.None);

        await runner.For(ReleaseConfiguration.Default("app")).RunAsync(new CheckCommand { Run = ["true"], Timeout = TimeSpan.FromSeconds(20) }, _root.TreePath(first), onLine: null, CancellationToken.None);

        Assert.Null(shelf.SeenOf(first));
        Assert.Null(shelf.Take(ManifestOf(Payload, 'b'), first)!.Value.Read);
    }

    [Fact]
    public async Task Spares_of_releases_that_are_not_live_any_more_go_and_so_does_what_is_no_spare()
    {
        var (first, second) = (await _scene.PublishAsync(Payload, 'a'), await _scene.PublishAsync(Payload, 'b'));
        Make(first);
        Make(second);
        Directory.CreateDirectory(Path.Combine(_root.Path, ".iucutter/spares/of nobody"));

        _shelf.Keep(new HashSet<ReleaseId> { second });

        Assert.Equal([second.ToString()], _root.SpareNames());
        Assert.True(_shelf.Room().Bytes > _root.Directory.Room().Bytes);
    }

    [Fact]
    public async Task Spares_give_way_where_the_room_is_too_little_and_only_there()
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);

        Assert.True(_shelf.FindRoom(room => room.Bytes > 0, mayRemove: true) is { IsEnough: true, Bytes: > 0 });
        Assert.False(_shelf.FindRoom(room => false, mayRemove: false).IsEnough);
        Assert.Equal([first.ToString()], _root.SpareNames());

        var asked = 0;
        Assert.True(_shelf.FindRoom(room => asked++ > 0, mayRemove: true).IsEnough);

        Assert.Equal(2, asked);
        Assert.Empty(_root.SpareNames());
    }

    [Theory]
    [InlineData("rm many/07", "is missing")]
    [InlineData("rm many/07; mkdir many/07", "should be File")]
    [InlineData("printf more >>many/08; rm many/08; ln -s 09 many/08", "should be File")]
    [InlineData("touch many/new", "1 more")]
    public async Task What_becomes_of_a_spare_after_it_was_read_is_seen_when_the_release_is_complete(string deed, string seen)
    {
        var first = await _scene.PublishAsync(Payload, 'a');
        Make(first);
        using var staging = Stage(Payload, 'b');
        Shell(deed, Path.Combine(_root.Path, ".iucutter/staging", staging.Manifest.ReleaseId.ToString(), "tree"));

        var comparison = await staging.CompleteAsync("{}"u8.ToArray(), _shelf.FlushFileSystem, CancellationToken.None);

        Assert.False(comparison is { HoldsTheManifest: true, Extra: 0 });
        Assert.Contains(seen, comparison.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Missing(Staging staging, IEnumerable<(string Path, EntryKind Kind, byte[] Content)> payload) => staging.Missing()
        .SelectMany(m => Enumerable.Range(m.First, m.Count))
        .Select(i => Encoding.ASCII.GetString(payload.First(p => Sha256Digest.Of(p.Content) == staging.Manifest.DistinctContents[i].Digest).Content));

    private static NodeStatus Status(string tree, string path)
    {
        using var directory = DirectoryHandle.Open(tree);
        return directory.Status(Encoding.UTF8.GetBytes(path))!.Value;
    }

    private static void Shell(string command, string folder)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-ec", command]) { WorkingDirectory = folder })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private void Make(ReleaseId release) => _shelf.Make(release, ReleaseFolder.ReadManifest(_root, release), CancellationToken.None);

    private Staging Stage(IEnumerable<(string Path, EntryKind Kind, byte[] Content)> payload, char commit)
    {
        var manifest = ManifestOf(payload, commit);
        var spare = _shelf.Take(manifest, likeliest: null);
        Assert.NotNull(spare);
        return Staging.Begin(spare.Value.Folder, spare.Value.Read, manifest, TimeProvider.System, CancellationToken.None);
    }

    private async Task FinishAsync(Staging staging, IReadOnlyCollection<(string Path, EntryKind Kind, byte[] Content)> payload)
    {
        foreach (var content in Missing(staging, payload).ToList())
        {
            var (first, _) = staging.Missing().First();
            staging.Resume((uint)first, 0);
            staging.Take(Encoding.ASCII.GetBytes(content));
        }

        var comparison = await staging.CompleteAsync("{}"u8.ToArray(), _shelf.FlushFileSystem, CancellationToken.None);
        Assert.True(comparison is { HoldsTheManifest: true, Extra: 0 }, comparison.ToString());
        _root.Publish(staging.Manifest.ReleaseId);
        foreach (var (path, kind, _) in payload.Where(p => p.Kind != EntryKind.Link))
        {
            var made = Status(_root.TreePath(staging.Manifest.ReleaseId), path);
            Assert.Equal((1u, kind == EntryKind.Executable ? 0x1EDu : 0x1A4u, Libc.EffectiveUser()), (made.Names, made.Mode, made.User));
        }

        Assert.True(ReleaseFolder.Verify(_root, staging.Manifest.ReleaseId, CancellationToken.None) is { HoldsTheManifest: true, Extra: 0 });
    }
}
