using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>An artifact that was packed on one host and carried to another is released there by the same gates.</summary>
public sealed class CarriedArtifactTests
{
    [Theory]
    [InlineData("HEAD")]
    [InlineData("main")]
    [InlineData("v1")]
    public async Task A_bundles_commit_has_the_names_that_it_had_where_it_was_packed(string name)
    {
        await using var scene = await Scene.OpenAsync();
        await scene.Payload.GitAsync("branch", "-M", "main");
        await scene.Payload.GitAsync("tag", "v1");
        await scene.Payload.GitAsync("bundle", "create", "-q", "../app.bundle", "HEAD", "main", "v1");

        (await scene.PushAsync(name, "--artifact", "../app.bundle")).Exits(0).Says("verdict A");
        (await scene.PushAsync("nowhere", "--artifact", "../app.bundle")).Exits(2).Says($"'nowhere' names no commit in the bundle '{scene.Folder}/app.bundle'");
    }

    [Fact]
    public async Task A_pack_that_is_refused_leaves_the_artifact_that_was_there()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.CliAsync("pack", "-o", "../app.tar")).Exits(0);
        var packed = await File.ReadAllBytesAsync(Path.Combine(scene.Folder, "app.tar"));
        scene.Payload.Write("id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
        await scene.Payload.CommitAsync("a key");

        (await scene.CliAsync("pack", "-o", "../app.tar")).Exits(3).Says("nothing was written");
        (await scene.CliAsync("pack", "-o", "../both", "-m", "../both")).Exits(2);
        (await scene.CliAsync("pack", "-o", "../no/such.tar")).Exits(2).Says("no file can be written there");

        Assert.Equal(packed, await File.ReadAllBytesAsync(Path.Combine(scene.Folder, "app.tar")));
        Assert.Equal(["app.tar", "app.tar.manifest"], Directory.GetFiles(scene.Folder, "*app.tar*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        (await scene.CliAsync("verify", "../app.tar")).Exits(0);
        (await scene.CliAsync("verify", "../app.tar", "--key", "SHA256:x")).Exits(2).Says("is verified as an artifact or a folder, and --key says nothing of one");
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("bundle")]
    public async Task A_packed_artifact_is_released_without_its_repository(string format)
    {
        await using var scene = await Scene.OpenAsync();
        var file = await PackAsync(scene, format);
        Directory.Delete(scene.Payload.Folder, recursive: true);
        Directory.CreateDirectory(scene.Payload.Folder);

        (await scene.PushAsync("--artifact", file)).Exits(0).Says($"{format} sha256").Says("2 tests passed").Says("reproduced");

        Assert.Equal("version 1\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
        Assert.Equal("app.txt", new FileInfo(Path.Combine(scene.Slot, "current.txt")).LinkTarget);
        var begun = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.OperationBegun>().Last();
        Assert.Equal(format, begun.Push!.ArtifactFormat);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file))), begun.Push.ArtifactSha256);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("bundle")]
    public async Task A_packed_artifact_is_verified_by_its_file_alone(string format)
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var file = await PackAsync(scene, format);

        var proved = Scene.Objects((await scene.CliAsync("verify", file, "--json")).Exits(0)).Single();
        Assert.True(proved.GetProperty("holds").GetBoolean());
        Assert.Contains("6 files, every one as in manifest", proved.GetProperty("proved").GetString(), StringComparison.Ordinal);
        (await scene.CliAsync("verify", file, "--sha256", new string('0', 64))).Exits(3).Says("not 0000");

        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^40] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        (await scene.CliAsync("verify", file)).Exits(3);
        Assert.Equal(3, Scene.Objects((await scene.CliAsync("verify", file, "--json")).Exits(3)).Single().GetProperty("error").GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task An_incremental_bundle_is_verified_beside_a_repository_and_a_bundle_of_another_commit_is_refused()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var first = await PackAsync(scene, "bundle");
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        var second = await PackAsync(scene, "bundle", "--since", "HEAD~1", "-o", Path.Combine(scene.Folder, "second.bundle"));

        (await scene.CliAsync("verify", second)).Exits(3).Says("It is incremental");
        (await scene.CliAsync("verify", second, "--repo", scene.Payload.Folder)).Exits(0).Says("6 files, every one as in manifest");
        (await scene.CliAsync("verify", first, "--manifest", second + ".manifest")).Exits(2).Says("names no commit");
    }

    [Fact]
    public async Task A_bundle_whose_manifest_honours_export_attributes_is_verified_so()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        scene.Payload.Write(".gitattributes", "hidden export-ignore\n");
        scene.Payload.Write("hidden", "not released");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("source: { export_attributes: true }"));
        await scene.Payload.CommitAsync("hides a file");

        (await scene.CliAsync("verify", await PackAsync(scene, "bundle"))).Exits(0).Says("every one as in manifest");
    }

    [Fact]
    public async Task What_a_push_would_release_is_shown_with_what_is_not_committed()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("anchors: [/etc/hostname]\nassert:\n  - { file: app.txt, contains: version }"));
        await scene.Payload.CommitAsync("asserts");

        var clean = (await scene.CliAsync("inspect")).Exits(0).Says("assert     1 assertion").Says("anchors    /etc/hostname");
        Assert.DoesNotContain("work tree", clean.Output, StringComparison.Ordinal);
        scene.Payload.Write("app.txt", "not committed");
        (await scene.CliAsync("inspect")).Exits(0).Says("work tree  1 path not committed, so not released: app.txt");
    }

    [Fact]
    public async Task A_commit_and_its_two_artifacts_are_one_release()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var release = scene.Live;

        (await scene.PushAsync("--artifact", await PackAsync(scene, "tar"))).Exits(0).Says("live and proved already");
        (await scene.PushAsync("--artifact", await PackAsync(scene, "bundle"))).Exits(0).Says("live and proved already");

        Assert.Equal([release!], scene.Releases);
    }

    [Fact]
    public async Task A_bundle_is_cloned_by_plain_git_and_leaves_its_repository_as_it_was()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var refs = await scene.Payload.GitAsync("for-each-ref");
        var file = await PackAsync(scene, "bundle");

        await Programs.OutputOfAsync(scene.Folder, "git", "clone", "-q", file, "cloned");

        Assert.Equal(await scene.Payload.GitAsync("rev-parse", "HEAD"), await Programs.OutputOfAsync(Path.Combine(scene.Folder, "cloned"), "git", "rev-parse", "HEAD"));
        Assert.Equal(refs, await scene.Payload.GitAsync("for-each-ref"));
    }

    [Fact]
    public async Task An_incremental_bundle_needs_the_commits_that_it_builds_on()
    {
        await using var scene = await Scene.OpenAsync();
        await scene.Payload.GitAsync("clone", "-q", "--bare", ".", Path.Combine(scene.Folder, "old.git"));
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        var full = await PackAsync(scene, "bundle");
        var file = await PackAsync(scene, "bundle", "--since", "HEAD~1", "-o", Path.Combine(scene.Folder, "increment.bundle"));
        Assert.True(new FileInfo(file).Length < new FileInfo(full).Length);

        (await scene.PushAsync("--artifact", file)).Exits(3).Says("It is incremental").Says("--repo");
        (await scene.PushAsync("--artifact", file, "--repo", Path.Combine(scene.Folder, "old.git"))).Exits(0);

        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    [Theory]
    [InlineData("tar", 700)]
    [InlineData("tar", 0)]
    [InlineData("bundle", 400)]
    public async Task A_damaged_artifact_is_refused_and_the_target_is_not_touched(string format, int flipAt)
    {
        await using var scene = await Scene.OpenAsync();
        var file = await PackAsync(scene, format);
        var before = scene.Picture();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[flipAt] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        (await scene.PushAsync("--artifact", file)).Exits(3);
        (await scene.PushAsync("--artifact", file, "--sha256", new string('a', 64))).Exits(3).Says("sha256");

        Assert.Equal(before, scene.Picture());
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "iucutter-bundle-*"));
    }

    [Fact]
    public async Task An_artifact_with_another_ones_manifest_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var (tar, bundle) = (await PackAsync(scene, "tar"), await PackAsync(scene, "bundle"));
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        var other = await PackAsync(scene, "tar") + ".manifest";

        (await scene.PushAsync("--artifact", tar, "--manifest", other)).Exits(3).Says("verdict B");
        (await scene.PushAsync("--artifact", bundle, "--manifest", other)).Exits(2).Says("names no commit");
        (await scene.PushAsync("--artifact", tar, "--manifest", tar)).Exits(2).Says("is no manifest");
        (await scene.PushAsync("--manifest", other)).Exits(2).Says("--artifact");
        (await scene.PushAsync("HEAD", "--artifact", tar)).Exits(2).Says("leave them out");

        Assert.Null(scene.Live);
    }

    private static async Task<string> PackAsync(Scene scene, string format, params string[] more)
    {
        var run = (await scene.CliAsync(["pack", "--format", format, "--json", .. more])).Exits(0);
        var file = Scene.Objects(run)[0].GetProperty("artifact").GetString()!;
        var away = Path.Combine(scene.Folder, Path.GetFileName(file));
        if (away != file)
        {
            File.Move(file, away, overwrite: true);
            File.Move(file + ".manifest", away + ".manifest", overwrite: true);
        }

        return away;
    }
}
