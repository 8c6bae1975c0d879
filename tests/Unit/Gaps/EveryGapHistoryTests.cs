using IuCutter.Gaps;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Tests.Unit.Gaps;

/// <summary>All histories of up to four things that can happen to a slot, each held against what must be true of every one.</summary>
public sealed class EveryGapHistoryTests
{
    private const int Longest = 4;

    private static readonly Action<GapLedger, int>[] Deeds =
    [
        (l, n) => l.Push($"r{n}", GapLedger.NoFile, GapLedger.Held("G5.assert.1")),
        (l, n) => l.Push($"r{n}", GapLedger.NoFile),
        (l, n) => l.Push($"r{n}", GapLedger.NoFile, GapLedger.Held("G5.assert.1"), GapLedger.Broken("G6.smoke.1")),
        (l, n) => l.Push($"r{n}", "", GapLedger.Held("G5.assert.1")),
        (l, n) => l.Push($"r{n}", "", GapLedger.NotRun("G5.assert", "no-file")),
        (l, _) => l.Smoke(GapLedger.Held("G6.smoke.1")),
        (l, _) => l.RollBack("r1"),
        (l, _) => l.Word("no-file", l.Register.Gaps.FirstOrDefault()?.Opened ?? 1),
        (l, _) => l.Word("no-file", opened: 1),
    ];

    [Fact]
    public void No_history_closes_a_gap_without_evidence_or_a_word_or_takes_anything_back()
    {
        var (histories, closed) = (0, 0);
        foreach (var deeds in All())
        {
            var ledger = new GapLedger();
            ledger.Push("r1", GapLedger.NoFile);
            var before = ledger.Gap("no-file");
            foreach (var (deed, n) in deeds.Select((d, n) => (d, n + 2)))
            {
                deed(ledger, n);
                var now = ledger.Gap("no-file");
                Assert.Equal(before.History, now.History.Take(before.History.Length));
                foreach (var change in now.History.Skip(before.History.Length).Where(c => c.Status == GapStatus.Closed))
                {
                    MustBeShown(change, before, ledger.Entries);
                    closed++;
                }

                Assert.Equal(now.Last.Status, now.Status);
                before = now;
            }

            histories++;
        }

        Assert.Equal(Enumerable.Range(1, Longest).Sum(n => (int)Math.Pow(Deeds.Length, n)), histories);
        Assert.NotEqual(0, closed);
    }

    /// <summary>By a check on its line that held, in an operation that ended with A; or by a word for just this opening.</summary>
    private static void MustBeShown(GapChange change, GapRecord before, IReadOnlyList<LedgerEntry> entries)
    {
        if (entries[(int)change.Line - 1].Event is LedgerEvent.GapClosed word)
        {
            Assert.Equal(before.Opened, word.Word.Opened);
            return;
        }

        var made = Assert.IsType<LedgerEvent.CheckMade>(entries[(int)change.Line - 1].Event);
        Assert.Equal((CheckStatus.Held, change.Check), (made.Check.Status, made.Check.Id));
        Assert.Equal(Verdict.A, entries.Where(e => e.Operation == change.Operation).Select(e => e.Event).OfType<LedgerEvent.OperationEnded>().Single().Verdict);
        Assert.Contains(entries, e => e.Operation == change.Operation && e.Event is LedgerEvent.OperationBegun { Push: { } push } && push.Configuration.GetRawText().Contains("no-file", StringComparison.Ordinal));
    }

    private static IEnumerable<IReadOnlyList<Action<GapLedger, int>>> All()
    {
        IEnumerable<IReadOnlyList<Action<GapLedger, int>>> shorter = [[]];
        for (var length = 1; length <= Longest; length++)
        {
            shorter = [.. shorter.SelectMany(s => Deeds.Select(d => (IReadOnlyList<Action<GapLedger, int>>)[.. s, d]))];
            foreach (var history in shorter)
            {
                yield return history;
            }
        }
    }
}
