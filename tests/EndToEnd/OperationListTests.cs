using System.Text.Json;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>What was done on a target, as `iucutter operations` lists it.</summary>
public sealed class OperationListTests
{
    [Fact]
    public async Task What_was_done_is_listed_newest_first_with_its_verdict()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.CliAsync("operations")).Exits(0).Says("no operations");
        (await scene.PushAsync()).Exits(0);
        var (release, commit) = (scene.Live!, (await scene.Payload.GitAsync("rev-parse", "HEAD")).Trim());
        (await scene.CliAsync("smoke")).Exits(0);
        scene.Payload.Write("smoke.sh", "exit 4");
        await scene.Payload.CommitAsync("broken smoke");
        (await scene.PushAsync()).Exits(3);

        var table = (await scene.CliAsync("operations")).Exits(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^OPERATION +WHAT +SLOT +RELEASE +VERDICT +BEGUN +TOOK +BY$", table[0]);
        Assert.Matches("^op-.* push +app +app-.* +B ", table[1]);
        Assert.Matches($"^op-.* smoke +app +{release} +A ", table[2]);
        Assert.Matches($"^op-.* push +app +{release} +A ", table[3]);
        Assert.Equal(4, table.Length);

        var lines = (await scene.CliAsync("operations", "--json", "--last", "0")).Exits(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["B", "A", "A"], lines.Select(l => l.GetProperty("verdict").GetString()));
        Assert.Contains("G6", lines[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((commit, release), (lines[2].GetProperty("commit").GetString(), lines[2].GetProperty("release").GetString()));
        Assert.True(lines[2].GetProperty("begunUnixMs").GetInt64() < lines[2].GetProperty("endedUnixMs").GetInt64());
    }

    [Fact]
    public async Task Slots_and_numbers_narrow_the_list()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        (await scene.PushAsync("--slot", "other", "--name", "other")).Exits(0);
        (await scene.CliAsync("smoke", "--slot", "app")).Exits(0);

        Assert.Equal(["smoke app", "push app"], await ListedAsync(scene, "--slot", "app"));
        Assert.Equal(["smoke app", "push other"], await ListedAsync(scene, "--last", "2"));
        (await scene.CliAsync("operations", "--slot", "ap")).Exits(2).Says("nothing was ever done in slot 'ap'");
    }

    [Fact]
    public async Task What_has_not_ended_is_under_way()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "sleep 600");
        await scene.Payload.CommitAsync("slow");
        var push = scene.PushAsync();
        await Programs.UntilAsync(() => File.Exists(Path.Combine(scene.State, "ledger", "ledger.jsonl")) && scene.Ledger.Any(e => e.Operation.Length > 0), "the push has begun");

        (await scene.CliAsync("operations")).Exits(0).Says("under way");
        var line = JsonDocument.Parse((await scene.CliAsync("operations", "--json")).Exits(0).Output).RootElement;
        Assert.Equal(JsonValueKind.Null, line.GetProperty("verdict").ValueKind);

        (await scene.CliAsync("cancel")).Exits(0);
        (await push).Exits(3);
    }

    private static async Task<string[]> ListedAsync(Scene scene, params string[] arguments) =>
        [.. (await scene.CliAsync(["operations", "--json", .. arguments])).Exits(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonDocument.Parse(l).RootElement)
            .Select(o => $"{o.GetProperty("kind").GetString()} {o.GetProperty("slot").GetString()}")];
}
