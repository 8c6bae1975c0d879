using Google.Protobuf;
using IuCutter.Agent.Operations;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>What the target is and what is live on it, read from the ledger and held against the disk.</summary>
internal sealed class StatusAnswer(TargetHost host, OperationBoard board)
{
    public StatusReply Read()
    {
        var (entries, head) = host.Ledger.Head;
        var reply = new StatusReply
        {
            AgentVersion = AgentVersion.Text,
            Host = Environment.MachineName,
            DeployRoot = host.Root.Path,
            StateDirectory = host.State.Path,
            SandboxTier = host.Payload.Tier.ToString(),
            FreeBytes = (ulong)host.Root.Directory.Room().Bytes,
            Ledger = new LedgerHead { Entries = (ulong)entries, Sha256 = ByteString.CopyFrom(Convert.FromHexString(head)), PublicKey = ByteString.CopyFrom(host.Key.PublicKey.Span) },
        };
        reply.Slots.AddRange(host.Ledger.Slots.Union(board.HeldSlots, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Read));
        return reply;
    }

    private Slot Read(string name)
    {
        var history = host.Ledger.History(name);
        var seen = host.Root.Slot(name).Read();
        var expected = history.Live is null ? "nothing there" : $"link to {history.Live}";
        var slot = new Slot
        {
            Name = name,
            Path = Path.Combine(host.Root.Path, name),
            LiveRelease = seen.LiveRelease?.ToString() ?? "",
            LiveIsProved = seen.LiveRelease is { } live && history.IsProved(live.ToString()),
            LiveSinceUnixMs = history.LiveSince?.ToUnixTimeMilliseconds() ?? 0,
            RollbackRelease = history.RollbackRelease ?? "",
            Problem = seen.ToString() == expected ? "" : $"the slot is {seen}, but the ledger says {expected}",
        };
        if (board.HolderOf(name) is { } holder)
        {
            slot.HeldBy = holder.Id;
            slot.HeldSinceUnixMs = holder.Since.ToUnixTimeMilliseconds();

            // In the middle of a switch the two may differ for a moment.
            slot.Problem = "";
        }

        return slot;
    }
}
