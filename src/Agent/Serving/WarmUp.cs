using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Serving;

/// <summary>
/// Writes and reads one ledger line and one configuration in memory as soon as the agent serves. What the runtime compiles for that is
/// else compiled while the first push waits.
/// </summary>
internal static class WarmUp
{
    public static void Run()
    {
        var configuration = ReleaseConfigurationJson.Parse(ReleaseConfigurationJson.Serialize(ReleaseConfiguration.Default("warm-up")));
        var list = new CheckList(GateId.G0, TimeProvider.System, _ => false, _ => { });
        list.Observe("warm-up", "a check is made", configuration.Name, () => Observation.Held("made", ("number", 1)));
        var gate = GateResult.Of(GateId.G0, list.Checks);
        LedgerJson.ReadGate(LedgerJson.Write(gate));
        LedgerEvent[] events = [new LedgerEvent.CheckMade(GateId.G0, gate.Checks[0]), new LedgerEvent.GateClosed(GateId.G0, gate.Outcome, gate.Cause, 1, 0)];
        foreach (var what in events)
        {
            LedgerJson.ReadEntry(LedgerJson.Write(new LedgerEntry(1, new string('0', 64), DateTimeOffset.UnixEpoch, "warm-up", what)));
        }
    }
}
