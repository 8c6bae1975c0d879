using System.Text;
using IuCutter.Agent;
using IuCutter.Agent.Ledger;
using IuCutter.Agent.Mirroring;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Releases;
using IuCutter.Commands;
using IuCutter.Configuration;
using IuCutter.Packager.Source;
using IuCutter.Tests.Unit.Source;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Mirroring;

/// <summary>What a packager that means ill, or a link that spoils what it carries, gets from the mirror.</summary>
public sealed class CommitMirrorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TemporaryRepository _source = new();
    private readonly StateDirectory _state;
    private readonly LedgerFile _ledger;
    private readonly LedgerKey _key;
    private readonly TargetHost _host;
    private readonly CommitMirror _mirror;

    public CommitMirrorTests()
    {
        _state = StateDirectory.Open(_folder.In("state"));
        _ledger = LedgerFile.Open(_state.Ledger, TimeProvider.System);
        _key = LedgerKey.OpenOrCreate(_state.Keys);
        var payload = new PayloadRunner(Sandbox.None, SandboxTier.T0, null, _state, TimeProvider.System);
        _host = new TargetHost(DeployRoot.Open(_folder.Make("root")), _ledger, _key, payload, _state, TimeProvider.System);
        _mirror = new CommitMirror(_host, 40);
        _source.Write("a.txt", string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n")));
    }

    private string MirrorFolder => Path.Combine(_host.Root.Path, ".iucutter", "mirror.git");

    public void Dispose()
    {
        _host.Root.Dispose();
        _key.Dispose();
        _ledger.Dispose();
        _state.Dispose();
        _source.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_bundle_enters_and_the_next_builds_on_it()
    {
        var one = _source.Commit("one");
        await TakeAsync(one, await BundleAsync(one));
        _source.Write("a.txt", "another\n");
        var two = _source.Commit("two");

        await TakeAsync(two, await BundleAsync(two, one));

        Assert.True(await _mirror.HoldsAsync(two, CancellationToken.None));
        Assert.Equal("another", TemporaryRepository.RunGit(MirrorFolder, null, "show", $"{two}:a.txt"));
        TemporaryRepository.RunGit(MirrorFolder, null, "fsck", "--strict");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(MirrorFolder));
        Assert.False(Directory.Exists(Path.Combine(MirrorFolder, "hooks")));
    }

    [Fact]
    public async Task A_bundle_of_another_commit_is_refused()
    {
        var one = _source.Commit("one");
        _source.Write("a.txt", "another\n");
        var two = _source.Commit("two");

        await RefusedAsync(two, await BundleAsync(one), RefusalCode.BundleRefused, "the push is of");
        var lying = Replace(await BundleAsync(one), one, two);
        await RefusedAsync(two, lying, RefusalCode.BundleRefused, "is not in it");
    }

    [Fact]
    public async Task A_bundle_over_a_commit_that_the_mirror_does_not_hold_is_refused()
    {
        var one = _source.Commit("one");
        _source.Write("b.txt", "b");
        var two = _source.Commit("two");
        var bundle = await BundleAsync(two, one);

        await RefusedAsync(two, bundle, RefusalCode.MirrorChanged, one[..12]);
        var end = bundle.AsSpan().IndexOf((byte)'\n') + 1;
        var prerequisite = bundle.AsSpan(end).IndexOf((byte)'\n') + 1;
        await RefusedAsync(two, [.. bundle[..end], .. bundle[(end + prerequisite)..]], RefusalCode.BundleRefused, "git cannot take it in");
    }

    [Fact]
    public async Task A_bundle_is_refused_wherever_a_bit_is_flipped_and_the_mirror_stays_as_it_was()
    {
        var one = _source.Commit("one");
        await TakeAsync(one, await BundleAsync(one));
        _source.Write("a.txt", string.Concat(Enumerable.Range(0, 3000).Select(i => $"line {i * 7919}\n")));
        var two = _source.Commit("two");
        var bundle = await BundleAsync(two, one);
        var before = Picture();

        for (var at = 0; at < bundle.Length; at += Math.Max(1, bundle.Length / 40))
        {
            var damaged = bundle.ToArray();
            damaged[at] ^= 4;
            if (IsComment(bundle, at))
            {
                continue;
            }

            var refusal = await Record.ExceptionAsync(() => TakeAsync(two, damaged));
            Assert.True(refusal is RefusalException or FormatException, $"taken with a flipped bit at {at}: {refusal}");
        }

        Assert.Equal(before, Picture());
    }

    [Fact]
    public async Task Objects_that_git_would_not_make_are_refused()
    {
        var blob = _source.GitWith("x"u8.ToArray(), "hash-object", "-w", "--stdin");
        var tree = _source.GitWith([.. Encoding.ASCII.GetBytes("100644 .git\0"), .. Convert.FromHexString(blob)], "hash-object", "-w", "--literally", "-t", "tree", "--stdin");
        var hostile = _source.Git("commit-tree", "-m", "hostile", tree);

        await RefusedAsync(hostile, await BundleAsync(hostile), RefusalCode.BundleRefused, "git cannot take it in");
    }

    [Fact]
    public async Task A_mirror_that_is_damaged_is_thrown_away_and_made_anew()
    {
        var one = _source.Commit("one");
        await TakeAsync(one, await BundleAsync(one));
        _source.Write("a.txt", string.Concat(Enumerable.Range(0, 5001).Select(i => $"line {i}\n")));
        var two = _source.Commit("two");
        foreach (var pack in Directory.GetFiles(Path.Combine(MirrorFolder, "objects", "pack"), "*.pack"))
        {
            var bytes = await File.ReadAllBytesAsync(pack);
            bytes.AsSpan(bytes.Length / 2, 200).Reverse();
            File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllBytesAsync(pack, bytes);
        }

        var refusal = await Record.ExceptionAsync(async () => await TakeAsync(two, await BundleAsync(two, one)));
        await TakeAsync(two, await BundleAsync(two));

        Assert.Equal(RefusalCode.MirrorChanged, Assert.IsType<RefusalException>(refusal).Code);
        Assert.True(await _mirror.HoldsAsync(two, CancellationToken.None));
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("objects")]
    [InlineData("refs")]
    public async Task A_mirror_of_which_something_is_gone_is_made_anew(string gone)
    {
        var one = _source.Commit("one");
        await TakeAsync(one, await BundleAsync(one));
        Directory.Move(Path.Combine(MirrorFolder, gone), Path.Combine(_folder.Path, "gone"));

        await TakeAsync(one, await BundleAsync(one));

        Assert.True(await _mirror.HoldsAsync(one, CancellationToken.None));
    }

    [Fact]
    public async Task A_mirror_forgets_commits_of_releases_that_are_gone_and_packs_the_rest_anew()
    {
        string before = "", last = "";
        for (var i = 0; i < 22; i++, before = last)
        {
            _source.Write("a.txt", $"version {i}\n");
            last = _source.Commit($"{i}");
            await TakeAsync(last, before.Length == 0 ? await BundleAsync(last) : await BundleAsync(last, before));
        }

        Directory.CreateDirectory(Path.Combine(_host.Root.Path, ".iucutter", "releases", $"app-{last[..12]}-0123456789ab"));
        await _mirror.TidyAsync(CancellationToken.None);

        Assert.Equal([last], Directory.GetFiles(Path.Combine(MirrorFolder, "refs", "iucutter")).Select(Path.GetFileName));
        Assert.Single(Directory.GetFiles(Path.Combine(MirrorFolder, "objects", "pack"), "*.pack"));
        Assert.True(await _mirror.HoldsAsync(last, CancellationToken.None));
    }

    private async Task<byte[]> BundleAsync(string commit, params string[] before)
    {
        var file = _folder.In("made.bundle");
        var repository = await GitRepository.OpenAsync(_source.Root, CancellationToken.None);
        await BundleWriter.WriteAsync(repository, await repository.ResolveAsync(commit, CancellationToken.None), before, file, CancellationToken.None);
        return await File.ReadAllBytesAsync(file);
    }

    private async Task TakeAsync(string commit, byte[] bundle)
    {
        var folder = Path.Combine(".iucutter", "staging", "test");
        var path = Path.Combine(_host.Root.Path, folder);
        Directory.CreateDirectory(path);
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(path, "bundle"), bundle);
            await _mirror.EnsureAsync(CancellationToken.None);
            await _mirror.TakeInAsync($"{folder}/bundle", BundleHeader.Parse(bundle, 40), commit, $"{folder}/objects", CancellationToken.None);
            _mirror.Keep(commit);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private async Task RefusedAsync(string commit, byte[] bundle, RefusalCode code, string says)
    {
        await _mirror.EnsureAsync(CancellationToken.None);
        var before = Picture();
        var refusal = await Assert.ThrowsAsync<RefusalException>(() => TakeAsync(commit, bundle));
        Assert.Equal(code, refusal.Code);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Picture());
    }

    private string Picture() => string.Join('\n', Directory.EnumerateFiles(MirrorFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => $"{f} {new FileInfo(f).Length}"));

    private static bool IsComment(byte[] bundle, int at)
    {
        var header = BundleHeader.Parse(bundle, 40);
        var line = bundle.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        return at < header.Length && at - line > 40;
    }

    private static byte[] Replace(byte[] bundle, string what, string with) => [.. Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bundle).Replace(what, with, StringComparison.Ordinal))];
}
