using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

public sealed class LinkTests
{
    private const string Unchanged = "lib/data with space.txt";

    [Fact]
    public async Task Linked_releases_share_what_did_not_change_and_the_report_says_how_many_files()
    {
        await using var scene = await Scene.OpenAsync();
        var (one, two) = await PushTwoAsync(scene, "link: hard", "echo smoke fine");

        Assert.Equal(await InodeAsync(scene, one, Unchanged), await InodeAsync(scene, two, Unchanged));
        Assert.NotEqual(await InodeAsync(scene, one, "app.txt"), await InodeAsync(scene, two, "app.txt"));
        var complete = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id == "G4.complete").Check;
        Assert.Equal("6 files as in the manifest, read-only, 3 hard links", complete.Seen);
        Assert.Equal("3", complete.Evidence!.Measured!["files linked"]);
        (await scene.CliAsync("rollback")).Exits(0);
        Assert.Equal("version 1\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    [Fact]
    public async Task A_payload_that_writes_in_place_changes_no_linked_release()
    {
        await using var scene = await Scene.OpenAsync();
        var (one, _) = await PushTwoAsync(
            scene, "link: hard", $"chmod 666 '{Unchanged}'; echo more >> '{Unchanged}'; truncate -s 0 '{Unchanged}'; rm -f '{Unchanged}'; touch new; echo smoke fine");

        Assert.Equal(new string('d', 5000), await File.ReadAllTextAsync(Tree(scene, one, Unchanged)));
        var smoke = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id == "G6.smoke.1").Check;
        Assert.Contains("Read-only file system", smoke.Evidence!.Command!.Tail, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(scene.Slot, "new")));
    }

    [Fact]
    public async Task Copied_releases_share_nothing_so_that_a_program_may_write()
    {
        await using var scene = await Scene.OpenAsync();
        var (one, two) = await PushTwoAsync(scene, "link: copy", "echo smoke fine");

        foreach (var file in Directory.EnumerateFiles(Tree(scene, one, ""), "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(Tree(scene, one, ""), file);
            Assert.NotEqual(await InodeAsync(scene, one, path), await InodeAsync(scene, two, path));
        }

        await File.AppendAllTextAsync(Path.Combine(scene.Slot, Unchanged), "more");
        Assert.Equal(new string('d', 5000), await File.ReadAllTextAsync(Tree(scene, one, Unchanged)));
    }

    private static async Task<(string One, string Two)> PushTwoAsync(Scene scene, string link, string secondSmoke)
    {
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(link));
        await scene.Payload.CommitAsync("first");
        (await scene.PushAsync()).Exits(0).Says("verdict A");
        var one = scene.Live!;
        scene.Payload.Write("app.txt", "version 2\n");
        scene.Payload.Write("smoke.sh", secondSmoke + "\n");
        await scene.Payload.CommitAsync("second");
        (await scene.PushAsync()).Exits(0).Says("verdict A").Says(link == "link: hard" ? "read-only, 3 hard links" : "6 files as in the manifest,");
        return (one, scene.Live!);
    }

    private static string Tree(Scene scene, string release, string path) => Path.Combine(scene.Root, ".iucutter", "releases", release, "tree", path);

    private static Task<string> InodeAsync(Scene scene, string release, string path) =>
        Programs.OutputOfAsync(scene.Folder, "stat", "-c", "%i", Tree(scene, release, path));
}
