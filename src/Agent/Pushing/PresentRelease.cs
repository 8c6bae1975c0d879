using IuCutter.Agent.Posix;
using IuCutter.Gates;

namespace IuCutter.Agent.Pushing;

/// <summary>A push's release as it may lie on the target already: who uses it, and whether it was this very push that brought it.</summary>
internal sealed class PresentRelease(TargetHost host, PushOrder order)
{
    /// <summary>The slots in which it is live or on the way back.</summary>
    public IReadOnlyList<string> Users => [.. host.Ledger.Slots.Where(slot =>
        host.Ledger.History(slot) is var history && (history.Live == order.Release.ToString() || history.WayBack.Contains(order.Release.ToString(), StringComparer.Ordinal)))];

    /// <summary>Whether it came with another configuration, of which the slot is a part.</summary>
    public bool WasPushedDifferently()
    {
        using var folder = host.Root.OpenRelease(order.Release);
        if (folder.Status("configuration.json"u8) is not { Kind: NodeKind.File })
        {
            return true;
        }

        using var file = folder.OpenRead("configuration.json"u8);
        var kept = new byte[RandomAccess.GetLength(file)];
        return RandomAccess.Read(file, kept, 0) != kept.Length || !kept.AsSpan().SequenceEqual(order.ConfigurationJson);
    }

    /// <summary>A release belongs to one slot and one configuration: found out before anything is begun. Makes no check where none is needed.</summary>
    public void Check(CheckList gate)
    {
        if (!host.Root.Has(order.Release) || Users is not [var user, ..] || !WasPushedDifferently())
        {
            return;
        }

        gate.Observe("release", "the release is nobody else's", $"no other slot and no other configuration uses {order.Release}", () => Observation.CouldNotRun(user != order.Slot
            ? $"release {order.Release} is slot {user}'s, live there or on the way back. If slot {order.Slot} is meant, `--name {order.Slot}` makes a release of its own for it; if not, correct --slot"
            : $"release {order.Release} is live or on the way back in slot {user} with another configuration: push another commit, or `--name` another release"));
    }
}
