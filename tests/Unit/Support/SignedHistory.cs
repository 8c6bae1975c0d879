using System.Security.Cryptography;
using System.Text;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Tests.Unit.Support;

/// <summary>Makes ledger lines as an agent writes them, and signs them as it does.</summary>
internal sealed class SignedHistory : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly LedgerChain _chain = new();

    public List<ReadOnlyMemory<byte>> Lines { get; } = [];

    public LedgerReceipt Receipt => Sign(_chain.Entries, _chain.Head);

    /// <summary>A push whose every gate passed, with so many checks each.</summary>
    public static SignedHistory OfPush(int checksPerGate = 2)
    {
        var history = new SignedHistory();
        history.Add(new LedgerEvent.AgentStarted("1", "host", 1, "/srv"), "");
        history.Add(new LedgerEvent.OperationBegun("push", "app", "me@here", "app-1", null));
        history.Add(TargetSeen());
        foreach (var gate in Enum.GetValues<GateId>())
        {
            history.Add(new LedgerEvent.GateBegun(gate, gate <= GateId.G2 ? "source" : "target"));
            for (var i = 1; i <= checksPerGate; i++)
            {
                history.Add(new LedgerEvent.CheckMade(gate, Check($"{gate}.check.{i}")));
            }

            history.Add(new LedgerEvent.GateClosed(gate, checksPerGate == 0 ? Outcome.Blocked : Outcome.Pass, checksPerGate == 0 ? "nothing was checked" : null, checksPerGate, 1));
        }

        history.Add(new LedgerEvent.ReleaseProved("app", "app-1"));
        history.Add(TargetSeen());
        history.Add(new LedgerEvent.OperationEnded(checksPerGate == 0 ? Verdict.B : Verdict.A, "all passed", [], null, null));
        return history;
    }

    public static LedgerEvent.TargetSeen TargetSeen(string slot = "nothing there") =>
        new(slot, [], "", null, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);

    public static Check Check(string id, CheckStatus status = CheckStatus.Held) => new()
    {
        Id = id,
        Statement = "it is so",
        Status = status,
        Expected = "so",
        Seen = "so",
        Evidence = new Evidence { Started = DateTimeOffset.UnixEpoch, Milliseconds = 1 },
    };

    public void Add(LedgerEvent what, string operation = "op-1")
    {
        var line = LedgerJson.Write(new LedgerEntry(_chain.Entries + 1, _chain.Head, DateTimeOffset.UnixEpoch, operation, what));
        _chain.Advance(line);
        Lines.Add(line);
    }

    public LedgerReceipt Sign(long entries, string head) => new(
        entries,
        head,
        Convert.ToBase64String(_key.SignData(Encoding.ASCII.GetBytes(LedgerReceipt.SignedText(entries, head)), HashAlgorithmName.SHA256)),
        Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()));

    public void Dispose() => _key.Dispose();
}
