using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Slips of the hand: each gets a word that says what is so, and what to type instead.</summary>
public sealed class MisuseTests
{
    [Fact]
    public async Task A_commit_that_is_another_slots_release_is_blocked_before_anything_is_sent()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var before = scene.Picture();

        (await scene.PushAsync("--slot", "ap")).Exits(3).Says("G3.release").Says("is slot app's").Says("`--name ap`").Says("verdict B");

        Assert.Equal(before, scene.Picture());
        (await scene.PushAsync("--slot", "ap", "--name", "ap")).Exits(0);
    }

    [Fact]
    public async Task What_is_not_there_is_said_not_to_be_there()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);

        (await scene.CliAsync("logs", "op-20260101-000000-abcdef")).Exits(2).Says("is not in the ledger").Says($"--target {scene.Target}");
        (await scene.CliAsync("releases", "--slot", "ap")).Exits(2).Says("there is no slot ap").Says($"`iucutter status --target {scene.Target}`");
        (await scene.CliAsync("verify", "nofile")).Exits(2).Says("there is nothing at");
        (await scene.CliAsync("logs", "--last", "abc")).Exits(2).Says("a whole number");
        (await scene.CliAsync("gaps", "close", "x")).Exits(2).Says("iucutter gaps close --help");
    }

    [Fact]
    public async Task A_push_that_fails_names_the_command_that_shows_what_was_printed()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "echo it is broken; exit 4");
        await scene.Payload.CommitAsync("broken smoke");

        (await scene.PushAsync()).Exits(3).Says($"iucutter logs {scene.Ledger[^1].Operation} --check G6.smoke.1 --target");

        (await scene.CliAsync("logs", scene.Ledger[^1].Operation, "--check", "G6.smoke.1")).Exits(0).Says("it is broken");
    }

    [Fact]
    public async Task An_agent_that_is_lost_in_a_push_leaves_the_operation_to_be_watched()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "sleep 30; echo smoke fine");
        await scene.Payload.CommitAsync("slow");
        var push = scene.PushAsync();
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is Ledgers.LedgerEvent.GateBegun { Gate: Gates.GateId.G6 }), "the smoke runs");
        var operation = scene.Ledger[^1].Operation;

        await scene.Agent.KillAsync();

        (await push).Exits(5).Says($"operation {operation} was under way there, and was last seen in G").Says($"iucutter watch {operation} --target {scene.Target}");
    }
}
