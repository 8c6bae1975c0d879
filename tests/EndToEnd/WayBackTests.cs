using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>The way back that is printed and signed is the way that is gone.</summary>
public sealed class WayBackTests
{
    [Fact]
    public async Task A_release_that_was_pushed_again_goes_back_to_what_was_live_before_it()
    {
        await using var scene = await Scene.OpenAsync();
        var first = await PushedAsync(scene, "version 1\n");
        await PushedAsync(scene, "version 2\n");
        (await scene.PushAsync(first)).Exits(0).Says("way back   iucutter rollback --slot app");
        (await scene.CliAsync("plan")).Exits(0);

        (await scene.CliAsync("rollback", "--slot", "app")).Exits(0);

        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    [Fact]
    public async Task A_damaged_live_release_with_none_before_it_has_a_way_out_that_is_named()
    {
        await using var scene = await Scene.OpenAsync();
        await PushedAsync(scene, "version 1\n");
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "app.txt"), "oops");

        (await scene.PushAsync("--again")).Exits(3).Says("push another commit");
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(4).Says($"take the link {scene.Root}/app away on the target");
        File.Delete(scene.Slot);

        (await scene.PushAsync()).Exits(0);
        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    private static async Task<string> PushedAsync(Scene scene, string text)
    {
        scene.Payload.Write("app.txt", text);
        var commit = (await scene.Payload.GitAsync("status", "--porcelain")).Length > 0
            ? await scene.Payload.CommitAsync(text.Trim())
            : (await scene.Payload.GitAsync("rev-parse", "HEAD")).Trim();
        (await scene.PushAsync()).Exits(0);
        return commit;
    }
}
