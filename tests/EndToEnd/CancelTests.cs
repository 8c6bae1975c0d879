using System.Diagnostics;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>An operation that is asked to stop undoes what it has begun, and says by whom it was asked.</summary>
public sealed class CancelTests
{
    [Theory]
    [InlineData("test.sh", GateId.G5)]
    [InlineData("smoke.sh", GateId.G6)]
    public async Task A_push_that_is_cancelled_ends_its_commands_and_leaves_the_target_as_it_was(string script, GateId gate)
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var before = scene.Picture();
        var mark = $"96{Random.Shared.Next(100000, 999999)}";
        scene.Payload.Write(script, $"sleep {mark}");
        await scene.Payload.CommitAsync("slow");
        var push = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => Programs.CountOf($"sleep {mark}") > 0, "the command runs");

        (await scene.CliAsync("cancel", "--why", "the wrong commit")).Exits(0).Says("cancelled by").Says("the wrong commit").Says("verdict B");

        (await push).Exits(3).Says("the wrong commit");
        Assert.Equal(0, Programs.CountOf($"sleep {mark}"));
        Assert.Equal(before, scene.Picture());
        Assert.Equal(gate, scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id.EndsWith(".cancelled", StringComparison.Ordinal)).Gate);
        (await scene.CliAsync("report", "-o", Path.Combine(scene.Folder, "report"))).Exits(0);
        (await scene.CliAsync("verify", Path.Combine(scene.Folder, "report"))).Exits(0);
    }

    [Fact]
    public async Task A_push_whose_contents_do_not_come_need_not_be_waited_for()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var begun = await RawClient.PushAsync(scene, RawClient.Gates(scene));
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Operation == begun.OperationId && e.Event is LedgerEvent.GateBegun { Gate: GateId.G4 }), "contents are waited for");

        (await scene.CliAsync("cancel", begun.OperationId)).Exits(0).Says("verdict B");

        Assert.StartsWith("cancelled by", scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id == "G4.contents").Check.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packager_that_brings_nothing_more_is_not_waited_for()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("large", new string('x', 100_000_000));
        await scene.Payload.CommitAsync("large");
        using var push = Process.Start(Programs.Start(Programs.Packager, ["push", "--no-source-tests"], scene.Payload.Folder, scene.Variables()))!;
        var staged = Path.Combine(scene.Root, ".iucutter", "staging");
        await Programs.UntilAsync(() => Directory.GetFiles(staged, "large", SearchOption.AllDirectories).Length > 0, "contents arrive");
        await Programs.OutputOfAsync("/", "kill", "-STOP", $"{push.Id}");

        (await scene.CliAsync("cancel")).Exits(0).Says("cancelled by");

        Assert.Empty(Directory.GetDirectories(staged));
        await Programs.OutputOfAsync("/", "kill", "-CONT", $"{push.Id}");
        await push.WaitForExitAsync();
        Assert.Equal(3, push.ExitCode);
    }

    [Fact]
    public async Task A_smoke_that_is_cancelled_leaves_what_is_live()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "[ ! -e later ] || sleep 60; echo smoke fine");
        await scene.Payload.CommitAsync("slow later");
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "later"), "");
        var (live, lines) = (scene.Live, scene.Ledger.Count);
        var smoke = scene.CliAsync("smoke");
        await Programs.UntilAsync(() => scene.Ledger.Skip(lines).Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the smoke runs");

        (await scene.CliAsync("cancel", "--json")).Exits(0);

        (await smoke).Exits(3).Says("cancelled by");
        Assert.Equal(live, scene.Live);
    }

    [Fact]
    public async Task What_is_not_under_way_cannot_be_cancelled_and_of_several_one_must_be_named()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.CliAsync("cancel")).Exits(3).Says("nothing is under way");
        (await scene.PushAsync()).Exits(0);
        var ended = scene.Ledger[^1].Operation;
        (await scene.CliAsync("cancel", ended)).Exits(3).Says($"no operation {ended} is under way").Says($"iucutter watch {ended}");
        scene.Payload.Write("smoke.sh", "sleep 30; echo smoke fine");
        await scene.Payload.CommitAsync("slow");
        var (one, two) = (scene.PushAsync("--slot", "one", "--name", "one", "--no-source-tests"), scene.PushAsync("--slot", "two", "--name", "two", "--no-source-tests"));
        await Programs.UntilAsync(() => scene.Ledger.Count(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }) == 3, "both smokes run");

        (await scene.CliAsync("cancel")).Exits(2).Says("on slot one").Says("on slot two").Says("say which");

        (await scene.CliAsync("cancel", ended, "--slot", "app")).Exits(2).Says("name one of them");
        (await scene.CliAsync("cancel", "--slot", "app")).Exits(3).Says("nothing is under way on slot app");
        (await scene.CliAsync("cancel", "--slot", "ap")).Exits(2).Says("there is no slot ap");
        (await scene.CliAsync("cancel", "--slot", "two")).Exits(0).Says("on slot two");
        (await scene.CliAsync("cancel", scene.Ledger.Last(e => e.Event is LedgerEvent.OperationBegun { Slot: "one" }).Operation)).Exits(0);

        (await one).Exits(3);
        (await two).Exits(3);
        Assert.Single(scene.Releases);
    }
}
