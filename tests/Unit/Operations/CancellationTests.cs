using IuCutter.Agent.Ledger;
using IuCutter.Agent.Operations;
using IuCutter.Gates;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Operations;

public sealed class CancellationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LedgerFile _ledger;

    public CancellationTests()
    {
        _ledger = LedgerFile.Open(_folder.Make("ledger"), TimeProvider.System);
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_gate_that_does_not_hear_of_it_is_cancelled_all_the_same_and_the_next_does_not_run()
    {
        using var cancellation = new Cancellation(CancellationToken.None);
        var operation = Operation(cancellation);
        var hasRun = false;

        var deaf = await operation.RunGateAsync(GateId.G4, g =>
        {
            Assert.Null(cancellation.Ask("cancelled by ann"));
            return Hold(g);
        });
        await operation.RunGateAsync(GateId.G5, g =>
        {
            hasRun = true;
            return Hold(g);
        });

        Assert.Equal((Outcome.Fail, "cancelled by ann"), (deaf.Outcome, deaf.Checks[^1].Seen));
        Assert.False(hasRun);
    }

    [Fact]
    public async Task A_gate_that_stops_for_it_says_who_asked_first()
    {
        using var cancellation = new Cancellation(CancellationToken.None);
        var operation = Operation(cancellation);

        var stopped = await operation.RunGateAsync(GateId.G6, async _ =>
        {
            cancellation.Ask("cancelled by ann");
            cancellation.Ask("cancelled by bob");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation.Token);
        });

        Assert.Equal("cancelled by ann", Assert.Single(stopped.Checks).Seen);
    }

    [Fact]
    public async Task An_agent_that_stops_is_no_cancel()
    {
        using var stopping = new CancellationTokenSource();
        using var cancellation = new Cancellation(stopping.Token);
        var operation = Operation(cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => operation.RunGateAsync(GateId.G6, async _ =>
        {
            await stopping.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation.Token);
        }));
    }

    [Fact]
    public async Task What_comes_after_the_last_gate_that_can_be_cancelled_runs_to_its_end()
    {
        using var cancellation = new Cancellation(CancellationToken.None);
        var operation = Operation(cancellation);

        await operation.RunGateAsync(GateId.G7, Hold, settles: true);

        Assert.Equal("has passed the last gate of which it can be cancelled", cancellation.Ask("cancelled by ann"));
        Assert.False(cancellation.Token.IsCancellationRequested);
        Assert.Equal(Outcome.Pass, (await operation.RunGateAsync(GateId.G8, Hold, needsEarlier: false)).Outcome);
    }

    [Fact]
    public async Task What_has_failed_already_is_not_cancelled_as_well()
    {
        using var cancellation = new Cancellation(CancellationToken.None);
        var operation = Operation(cancellation);

        var failed = await operation.RunGateAsync(GateId.G5, g =>
        {
            g.Observe("test", "it holds", "so", () => Observation.NotHeld("not so"));
            return Task.CompletedTask;
        });

        Assert.Equal("has failed already, and undoes what it has begun", cancellation.Ask("cancelled by ann"));
        Assert.Single(failed.Checks);
    }

    [Fact]
    public async Task Who_is_told_that_it_is_cancelled_is_told_the_truth()
    {
        for (var round = 0; round < 300; round++)
        {
            using var cancellation = new Cancellation(CancellationToken.None);
            var operation = Operation(cancellation);

            var asked = Task.Run(() => cancellation.Ask("cancelled by ann") is null, CancellationToken.None);
            var gate = await operation.RunGateAsync(GateId.G7, Hold, settles: true);

            Assert.Equal(await asked, gate.Outcome == Outcome.Fail);
        }
    }

    private static Task Hold(CheckList gate)
    {
        gate.Observe("held", "it holds", "so", () => Observation.Held("so"));
        return Task.CompletedTask;
    }

    private Operation Operation(Cancellation cancellation) => new("op-1", "push", "app", _ledger, TimeProvider.System) { Cancellation = cancellation };
}
