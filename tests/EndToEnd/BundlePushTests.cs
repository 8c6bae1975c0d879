using System.Collections.Immutable;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary><c>format: bundle</c>: what the target lacks travels as one git bundle, and the manifest decides all the same.</summary>
public sealed class BundlePushTests
{
    [Fact]
    public async Task The_first_bundle_is_full_and_the_next_builds_on_the_release_before()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var one = await BundlesAsync(scene);
        await scene.StartAgentAsync();
        (await scene.PushAsync()).Exits(0).Says("full bundle of");
        var full = Measured(scene);
        scene.Payload.Write("app.txt", "version 2\n");
        scene.Payload.Write("lib/new.txt", "new\n");
        var two = await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(0).Says("incremental bundle of");

        var increment = Measured(scene);
        Assert.Equal(("full", ""), (full["bundle"], full["over commit"]));
        Assert.Equal(("incremental", one), (increment["bundle"], increment["over commit"]));
        Assert.Equal("2", increment["contents out of the bundle"]);
        Assert.Equal("0", Measured(scene, "G4.contents")["contents received"]);
        Assert.True(long.Parse(increment["bundle bytes"], null) < long.Parse(full["bundle bytes"], null));
        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
        Assert.Equal("app.txt", new FileInfo(Path.Combine(scene.Slot, "current.txt")).LinkTarget);
        Assert.Equal(two, (await Programs.OutputOfAsync(Mirror(scene), "git", "rev-parse", $"refs/iucutter/{two}")).Trim());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Mirror(scene)));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(scene.Root, ".iucutter", "staging")));
    }

    [Fact]
    public async Task A_mirror_that_was_taken_away_is_made_anew()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        await BundlesAsync(scene);
        await scene.StartAgentAsync();
        (await scene.PushAsync()).Exits(0);
        Directory.Delete(Mirror(scene), recursive: true);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(0).Says("full bundle of");

        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    [Fact]
    public async Task A_mirror_whose_flush_fails_is_not_taken_and_no_spare_is_kept()
    {
        await using var scene = await Scene.OpenAsync("--spare-after", "0");
        (await scene.PushAsync()).Exits(0);
        await scene.UntilSpareAsync(scene.Live!);
        await scene.Agent.StopAsync();
        await scene.StartAgentAsync("--spare-after", "3600");

        // Hard links take no spare.
        await BundlesAsync(scene, "link: hard");
        var live = scene.Live;

        await using (await Fault.InjectAsync(scene, "syncfs", "EIO"))
        {
            (await scene.PushAsync()).Exits(3).Says("cannot flush the file system").Says("verdict B");
        }

        Assert.Equal(live, scene.Live);
        Assert.False(Directory.Exists(Mirror(scene)));
        Assert.Empty(Directory.GetDirectories(scene.Spares));
        (await scene.PushAsync()).Exits(0).Says("full bundle of");
    }

    [Fact]
    public async Task A_mirror_that_rotted_is_thrown_away_and_the_push_goes_on_with_a_full_bundle()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var lines = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i * 7919}\n"));
        scene.Payload.Write("lines.txt", lines);
        await BundlesAsync(scene);
        await scene.StartAgentAsync();
        (await scene.PushAsync()).Exits(0);
        foreach (var pack in Directory.GetFiles(Path.Combine(Mirror(scene), "objects", "pack"), "*.pack"))
        {
            var bytes = await File.ReadAllBytesAsync(pack);
            bytes.AsSpan(bytes.Length / 2, 500).Reverse();
            File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllBytesAsync(pack, bytes);
        }

        scene.Payload.Write("lines.txt", lines + "one more\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(0).Says("full bundle of");

        Assert.EndsWith("one more\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "lines.txt")), StringComparison.Ordinal);
        await Programs.OutputOfAsync(Mirror(scene), "git", "fsck", "--strict");
    }

    [Fact]
    public async Task A_flipped_bit_on_the_way_is_found_and_the_bundle_sent_again()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        var noise = await NoiseAsync(scene, 3_000_000);
        await BundlesAsync(scene);
        await using var proxy = Proxy.Start(port, corruptAt: 1_500_000);

        var run = await scene.PushAsync("--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests");

        Assert.True(proxy.HasCorrupted);
        run.Exits(0).Says("it is sent again").Says("full bundle of");
        Assert.Equal(noise, await File.ReadAllBytesAsync(Path.Combine(scene.Slot, "noise.bin")));
    }

    [Fact]
    public async Task A_bundle_goes_on_where_the_connection_broke()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        var noise = await NoiseAsync(scene, 9_000_000);
        await BundlesAsync(scene);
        await using var proxy = Proxy.Start(port, cutAfter: 4_000_000);

        (await scene.PushAsync("--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests")).Exits(0).Says("full bundle of");

        Assert.True(proxy.Connections > 2, $"the proxy saw {proxy.Connections} connections");
        Assert.Equal(noise, await File.ReadAllBytesAsync(Path.Combine(scene.Slot, "noise.bin")));
    }

    [Fact]
    public async Task What_travels_warm_is_the_bundle_and_little_more()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        await NoiseAsync(scene, 300_000);
        var one = await BundlesAsync(scene);
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        scene.Payload.Write("app.txt", string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i * 7919}\n")));
        await scene.Payload.CommitAsync("two");
        var bundle = Path.Combine(scene.Folder, "peer.bundle");
        await scene.Payload.GitAsync("bundle", "create", "-q", bundle, "HEAD", $"^{one}");
        await using var proxy = Proxy.Start(port);

        (await scene.PushAsync("--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests")).Exits(0).Says("incremental bundle of");

        Assert.InRange(proxy.Passed, 1, (new FileInfo(bundle).Length * 12 / 10) + (64 * 1024));
    }

    [Fact]
    public async Task A_commit_that_came_as_a_bundle_and_its_tar_are_one_release()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        await BundlesAsync(scene);
        await scene.StartAgentAsync();
        (await scene.PushAsync()).Exits(0).Says("full bundle of");
        var release = scene.Live;
        var tar = Path.Combine(scene.Folder, "app.tar");
        (await scene.CliAsync("pack", "-o", tar)).Exits(0);

        (await scene.PushAsync("--artifact", tar)).Exits(0).Says("live and proved already");
        (await scene.PushAsync("--artifact", tar, "--again")).Exits(0);

        Assert.Equal([release!], scene.Releases);
        Assert.Equal(release, scene.Live);
    }

    [Fact]
    public async Task A_commit_that_the_mirror_holds_already_needs_no_bundle()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        scene.Payload.Write("only-here.txt", "only in the first\n");
        var one = await BundlesAsync(scene, "keep: 1");
        await scene.StartAgentAsync();
        foreach (var version in (int[])[2, 3, 4])
        {
            File.Delete(Path.Combine(scene.Payload.Folder, "only-here.txt"));
            (await scene.PushAsync("--no-source-tests")).Exits(0);
            scene.Payload.Write("app.txt", $"version {version}\n");
            await scene.Payload.CommitAsync($"{version}");
        }

        Assert.DoesNotContain(scene.Releases, r => r.Contains(one[..12], StringComparison.Ordinal));
        (await scene.PushAsync(one, "--no-source-tests")).Exits(0).Says("the mirror holds commit");

        Assert.Equal("only in the first\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "only-here.txt")));
        Assert.Equal("0", Measured(scene, "G4.contents")["contents received"]);
    }

    [Fact]
    public async Task A_shallow_clone_has_no_history_to_bundle_and_begins_nothing()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        scene.Payload.Write("app.txt", "version 0\n");
        await scene.Payload.CommitAsync("zero");
        await BundlesAsync(scene);
        await scene.StartAgentAsync();
        await Programs.OutputOfAsync(scene.Folder, "git", "clone", "-q", "--depth", "1", $"file://{scene.Payload.Folder}", "shallow");

        (await scene.PushAsync("--repo", Path.Combine(scene.Folder, "shallow"))).Exits(3).Says("git fetch --unshallow").Says("nothing was begun");

        Assert.DoesNotContain(scene.Ledger, e => e.Event is LedgerEvent.OperationBegun);
    }

    [Fact]
    public async Task A_sha256_repository_has_a_mirror_of_its_own()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        Directory.Delete(Path.Combine(scene.Payload.Folder, ".git"), recursive: true);
        await scene.Payload.GitAsync("init", "-q", "-b", "main", "--object-format=sha256");
        var one = await BundlesAsync(scene);
        await scene.StartAgentAsync();
        (await scene.PushAsync()).Exits(0).Says("full bundle of");
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(0).Says("incremental bundle of");

        Assert.Equal(one, Measured(scene)["over commit"]);
        Assert.True(Directory.Exists(Path.Combine(scene.Root, ".iucutter", "mirror-sha256.git")));
    }

    [Fact]
    public async Task Without_git_on_the_target_the_preflight_says_so()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        await BundlesAsync(scene);
        var programs = Directory.CreateDirectory(Path.Combine(scene.Folder, "bin")).FullName;
        foreach (var program in Directory.EnumerateFileSystemEntries("/usr/bin").Where(p => Path.GetFileName(p) != "git"))
        {
            File.CreateSymbolicLink(Path.Combine(programs, Path.GetFileName(program)), program);
        }

        await using var agent = await AgentProcess.StartAsync(scene.Folder, scene.AgentArguments(), new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = programs });

        (await scene.PushAsync("--no-source-tests")).Exits(3).Says("G3").Says("git not found on the agent's PATH").Says("format: bundle");

        Assert.False(Directory.Exists(Mirror(scene)));
        Assert.Null(scene.Live);
    }

    [Fact]
    public async Task A_mirror_that_is_no_repository_any_more_is_made_anew()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        await BundlesAsync(scene);
        await scene.StartAgentAsync();
        (await scene.PushAsync()).Exits(0);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        var (live, releases) = (scene.Live, scene.Releases);
        await File.WriteAllTextAsync(Path.Combine(Mirror(scene), "config"), "[core]\n\trepositoryformatversion = 99\n\tbare = true\n");

        (await scene.PushAsync()).Exits(0).Says("full bundle of");

        Assert.NotEqual(live, scene.Live);
        Assert.Equal(releases.Count + 1, scene.Releases.Count);
    }

    private static async Task<string> BundlesAsync(Scene scene, string more = "")
    {
        scene.Payload.Write("iucutter.yaml", Payload.Yaml($"format: bundle\n{more}"));
        return await scene.Payload.CommitAsync("as bundles");
    }

    private static async Task<byte[]> NoiseAsync(Scene scene, int bytes)
    {
        var noise = new byte[bytes];
        new Random(7).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(scene.Payload.Folder, "noise.bin"), noise);
        return noise;
    }

    private static ImmutableSortedDictionary<string, string> Measured(Scene scene, string check = "G4.bundle") =>
        scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id == check && c.Check.Status == CheckStatus.Held).Check.Evidence!.Measured!;

    private static string Mirror(Scene scene) => Path.Combine(scene.Root, ".iucutter", "mirror.git");
}
