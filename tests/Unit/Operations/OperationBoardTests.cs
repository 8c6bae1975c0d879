using IuCutter.Agent.Ledger;
using IuCutter.Agent.Operations;
using IuCutter.Ledgers;
using IuCutter.Tests.Unit.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IuCutter.Tests.Unit.Operations;

public sealed class OperationBoardTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LedgerFile _ledger;
    private readonly List<string> _settled = [];
    private readonly Quiet _quiet = new();
    private readonly OperationBoard _board;
    private bool _isDiskFull;

    public OperationBoardTests()
    {
        _ledger = LedgerFile.Open(_folder.Make("ledger"), TimeProvider.System);
        _board = new OperationBoard(_ledger, TimeProvider.System, Settle, _quiet, NullLogger<OperationBoard>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _board.DisposeAsync();
        _quiet.Dispose();
        _ledger.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_could_not_be_settled_is_settled_before_anything_else_begins()
    {
        _isDiskFull = true;
        var broken = await RunAsync("app", fails: true);
        Assert.Equal([], _settled);

        Assert.Throws<IOException>(() => _board.Start(Begun("other"), o => new Work(fails: false), _ => false));
        Assert.DoesNotContain(_ledger.Operations, id => id != broken);
        _isDiskFull = false;
        await RunAsync("other", fails: false);
        await RunAsync("app", fails: false);

        Assert.Equal([broken], _settled);
    }

    [Fact]
    public async Task A_slot_and_a_release_are_one_operations_at_a_time()
    {
        var work = new Work(fails: false, new TaskCompletionSource());
        var (first, _) = _board.Start(Begun("app", "r-1"), _ => work, _ => false);

        Assert.Contains($"slot app is held by push {first.Id} since", Refusal(Begun("app", "r-2")), StringComparison.Ordinal);
        Assert.Contains($"release r-1 is held by push {first.Id} since", Refusal(Begun("other", "r-1")), StringComparison.Ordinal);
        Assert.True(_board.Start(Begun("app", "r-1"), _ => work, _ => true).Attached);
        work.Gate!.SetResult();
        await EndAsync("app");

        Assert.False(_board.Start(Begun("app", "r-1"), _ => new Work(fails: false), _ => false).Attached);
    }

    private static LedgerEvent.OperationBegun Begun(string slot, string? release = null) => new("push", slot, "ann@host", release, null);

    private string Refusal(LedgerEvent.OperationBegun begun) =>
        Assert.Throws<Agent.RefusalException>(() => _board.Start(begun, _ => new Work(fails: false), _ => false)).Message;

    private async Task<string> RunAsync(string slot, bool fails)
    {
        var (operation, _) = _board.Start(Begun(slot), _ => new Work(fails), _ => false);
        await EndAsync(slot);
        return operation.Id;
    }

    private async Task EndAsync(string slot)
    {
        while (_board.HolderOf(slot) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private void Settle(string operation)
    {
        if (_isDiskFull)
        {
            throw new IOException("no room");
        }

        _settled.Add(operation);
    }

    private sealed class Work(bool fails, TaskCompletionSource? gate = null) : IOperationWork
    {
        public TaskCompletionSource? Gate => gate;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await (gate?.Task ?? Task.CompletedTask);
            if (fails)
            {
                throw new IOException("no room");
            }
        }
    }
}
