using System.Collections.Immutable;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Gaps;

/// <summary>
/// The gaps of one slot. Derived from the ledger and kept nowhere else: whoever has the lines computes the same. A gap closes by a check that ran and held, or by a
/// person's signed word; that nobody speaks of it any more closes nothing.
/// </summary>
/// <param name="Live">The live release; null when nothing is live.</param>
/// <param name="Gaps">In the order in which they were first named.</param>
public sealed record GapRegister(string Slot, string? Live, ImmutableArray<GapRecord> Gaps)
{
    /// <param name="entries">Every line of the ledger from its first, in order. What has not ended says nothing yet.</param>
    /// <exception cref="LedgerBrokenException">A configuration among them names gaps in a form that this version cannot read.</exception>
    public static GapRegister Of(string slot, IEnumerable<LedgerEntry> entries)
    {
        var story = SlotStory.Of(slot, entries);
        var fold = new Fold();
        var words = new Queue<(LedgerEntry Entry, LedgerEvent.GapClosed Word)>(story.Words);
        foreach (var operation in story.Operations)
        {
            fold.TakeWords(words, operation.EndEntry.Seq);
            fold.Take(operation);
        }

        fold.TakeWords(words, long.MaxValue);
        return new GapRegister(slot, story.Live, fold.Records());
    }

    private sealed class Fold
    {
        private readonly List<string> _order = [];
        private readonly Dictionary<string, GapLife> _lives = new(StringComparer.Ordinal);
        private readonly Dictionary<string, HashSet<string>> _namesOf = new(StringComparer.Ordinal);
        private HashSet<string> _liveNames = [];

        public ImmutableArray<GapRecord> Records() => [.. _order.Select(id => _lives[id].Record(id))];

        public void TakeWords(Queue<(LedgerEntry Entry, LedgerEvent.GapClosed Word)> words, long before)
        {
            while (words.TryPeek(out var next) && next.Entry.Seq < before)
            {
                var (entry, word) = words.Dequeue();
                _lives.GetValueOrDefault(word.Word.Gap)?.Take(entry, word);
            }
        }

        public void Take(SlotOperation operation)
        {
            var named = NamedGap.Of(operation).ToLookup(n => n.Id, StringComparer.Ordinal);
            foreach (var names in named)
            {
                if (!_lives.TryGetValue(names.Key, out var life))
                {
                    _order.Add(names.Key);
                    _lives[names.Key] = life = new GapLife();
                }

                life.Name(operation, [.. names]);
            }

            if (operation.IsOfLive)
            {
                See(operation, named.Select(n => n.Key));
            }
        }

        private void See(SlotOperation operation, IEnumerable<string> named)
        {
            var release = operation.Order.Release!;
            if (operation.Order.Push is not null)
            {
                _namesOf[release] = [.. named];
            }

            var hasGoneBack = operation.Order.Operation == "rollback" && operation.End.Verdict == Verdict.A;
            if (operation.Order.Push is not null || hasGoneBack)
            {
                _liveNames = _namesOf.GetValueOrDefault(release) ?? [];
            }

            foreach (var id in _order)
            {
                var life = _lives[id];
                if (operation.Order.Push is not null || hasGoneBack)
                {
                    life.GoLive(operation, _liveNames.Contains(id));
                }

                if (hasGoneBack)
                {
                    life.RollBack(operation);
                }

                life.See(operation, _liveNames.Contains(id));
            }
        }
    }
}
