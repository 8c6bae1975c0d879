using System.Text.Json;
using IuCutter.Gaps;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Tests.Unit.Gaps;

/// <summary>Ledger lines of one slot, as an agent would write them, an hour apart each operation.</summary>
internal sealed class GapLedger
{
    public const string NoLoad = """{ "id": "no-load", "statement": "nobody has put load on it", "owner": "ann" }""";
    public const string NoFile = """{ "id": "no-file", "statement": "the file is missing", "owner": "bob", "closed_by": "G5.assert.1" }""";

    private readonly List<LedgerEntry> _entries = [];
    private string? _live;
    private int _operations;

    public IReadOnlyList<LedgerEntry> Entries => _entries;

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

    public GapRegister Register => GapRegister.Of("app", _entries);

    public GapRecord Gap(string id) => Register.Gaps.Single(g => g.Id == id);

    public static Check Held(string id, string statement = "it is so") => new()
    {
        Id = id,
        Statement = statement,
        Status = CheckStatus.Held,
        Expected = "so",
        Seen = "so",
        Evidence = new Evidence { Started = DateTimeOffset.UnixEpoch, Milliseconds = 1 },
    };

    public static Check Broken(string id) => Held(id) with { Status = CheckStatus.NotHeld, Seen = "not so" };

    public static Check NotRun(string id, string? gap = null) => Held(id) with
    {
        Status = CheckStatus.CouldNotRun,
        Seen = "no such tool",
        Evidence = null,
        Gap = gap is null ? null : new Gap(gap, $"without {gap}", "eve"),
    };

    /// <summary>A push whose every check held or has its gap goes live; another one ends with B and leaves what was live.</summary>
    public string Push(string release, string gaps = "", params Check[] checks) => Push(release, $$"""{"gaps":[{{gaps}}]}""", checks, again: false);

    public string Push(string release, string configuration, Check[] checks, bool again)
    {
        var subject = new LedgerEvent.PushSubject("c", "m", "tar", "a", "r", "main", JsonElement.Parse(configuration));
        var operation = Begin("push", release, subject);
        var passed = Make(operation, checks);
        if (passed && _live != release)
        {
            Switch(operation, release, "promote");
        }

        return End(operation, passed ? Verdict.A : again || _live != release ? Verdict.B : Verdict.C);
    }

    public string Smoke(params Check[] checks) => SmokeOf(_live, checks);

    public string SmokeOf(string? release, params Check[] checks)
    {
        var operation = Begin("smoke", release, push: null);
        return End(operation, Make(operation, checks) ? Verdict.A : Verdict.B);
    }

    public string RollBack(string release)
    {
        var operation = Begin("rollback", release, push: null);
        Switch(operation, release, "rollback");
        return End(operation, Verdict.A);
    }

    public LedgerEvent.GapClosed Word(string gap, long? opened = null)
    {
        var word = new GapWord("host", "SHA256:agent", "app", gap, opened ?? Gap(gap).Opened, "ann@example.org", "proved by hand", Now);
        var closed = new LedgerEvent.GapClosed(word, "-----BEGIN SSH SIGNATURE-----", "SHA256:ann");
        Add("", closed);
        return closed;
    }

    public void Add(string operation, LedgerEvent what) => _entries.Add(new LedgerEntry(_entries.Count + 1, "", Now, operation, what));

    public string Begin(string kind, string? release, LedgerEvent.PushSubject? push, string slot = "app")
    {
        Now += TimeSpan.FromHours(1);
        var operation = $"op-{++_operations}";
        Add(operation, new LedgerEvent.OperationBegun(kind, slot, "me@here", release, push));
        return operation;
    }

    private bool Make(string operation, Check[] checks)
    {
        foreach (var gate in checks.GroupBy(c => Enum.Parse<GateId>(c.Id[..2])))
        {
            Add(operation, new LedgerEvent.GateBegun(gate.Key, "target"));
            foreach (var check in gate)
            {
                Add(operation, new LedgerEvent.CheckMade(gate.Key, check));
            }

            Check[] ran = [.. gate, Held($"{gate.Key}.other")];
            Add(operation, new LedgerEvent.GateClosed(gate.Key, OutcomeRules.Of(ran), OutcomeRules.CauseOf(ran), ran.Length, 1));
        }

        return checks.All(c => c.Status == CheckStatus.Held || c.Gap is not null);
    }

    private void Switch(string operation, string release, string why)
    {
        Add(operation, new LedgerEvent.SlotSwitched("app", release, _live, why));
        _live = release;
    }

    private string End(string operation, Verdict verdict)
    {
        Add(operation, new LedgerEvent.OperationEnded(verdict, "it ended", [], null, null));
        return operation;
    }
}
