using IuCutter.Agent;
using IuCutter.Agent.Ledger;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Serving;
using IuCutter.Ledgers;
using IuCutter.Manifests;
using IuCutter.Tests.Unit.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IuCutter.Tests.Unit.Serving;

/// <summary>What the ledger says of a switch that was under way when the agent was killed: a switch back for each switch, and for none nothing.</summary>
public sealed class RecoveryTests : IDisposable
{
    private const string Release = "app-0123456789ab-0123456789ab";

    private readonly TempFolder _folder = new();
    private readonly StateDirectory _state;
    private readonly DeployRoot _root;
    private readonly LedgerFile _ledger;
    private readonly LedgerKey _key;

    public RecoveryTests()
    {
        _state = StateDirectory.Open(_folder.In("state"));
        _root = DeployRoot.Open(_folder.Make("root"));
        _ledger = LedgerFile.Open(_state.Ledger, TimeProvider.System);
        _key = LedgerKey.OpenOrCreate(_state.Keys);
    }

    public void Dispose()
    {
        _key.Dispose();
        _ledger.Dispose();
        _root.Dispose();
        _state.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("", false, 0)]
    [InlineData("", true, 1)]
    [InlineData("promote", true, 1)]
    [InlineData("promote", false, 1)]
    [InlineData("promote undo", false, 1)]
    public void A_switch_back_is_written_where_there_was_one(string written, bool isSwitched, int undone)
    {
        Append(new LedgerEvent.OperationBegun("push", "app", "ann", Release, null));
        Append(new LedgerEvent.StepIntended("promote", "app", Release, null));
        if (isSwitched)
        {
            _root.Slot("app").Switch(new SlotState.Free(), ReleaseId.Parse(Release));
        }

        foreach (var why in written.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Append(why == "promote" ? new LedgerEvent.SlotSwitched("app", Release, null, why) : new LedgerEvent.SlotSwitched("app", null, Release, why));
        }

        // Recovery runs no payload.
        var recovery = new Recovery(new TargetHost(_root, _ledger, _key, null!, _state, TimeProvider.System), NullLogger<Recovery>.Instance);
        recovery.Run();
        recovery.Run();

        var events = _ledger.EntriesOf("op").Select(e => e.Event).ToList();
        Assert.Equal(undone, events.Count(e => e is LedgerEvent.SlotSwitched { Why: "undo" }));
        Assert.Single(events.OfType<LedgerEvent.OperationEnded>());
        Assert.Equal(new SlotState.Free(), _root.Slot("app").Read());
        Assert.Null(_ledger.History("app").Live);
    }

    private void Append(LedgerEvent what) => _ledger.Append("op", what, durable: true);
}
