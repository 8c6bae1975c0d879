using System.Collections.Immutable;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Gaps;

/// <summary>One gap while the ledger is read: every rule of how it opens and closes is here.</summary>
internal sealed class GapLife
{
    private readonly List<GapChange> _history = [];
    private readonly List<GapProof> _found = [];
    private readonly Dictionary<(string Release, GapProof Proof), bool> _shown = [];
    private string _statement = "";
    private string _owner = "";
    private GapProof? _configured;
    private GapStatus _status;
    private bool _isByWord;
    private long _opened;
    private GapChange? _notNamedSince;

    private IEnumerable<GapProof> Proofs => _configured is null ? _found : _found.Prepend(_configured);

    public GapRecord Record(string id) => new()
    {
        Id = id,
        Statement = _statement,
        Owner = _owner,
        Status = _status,
        Opened = _opened,
        ClosedBy = [.. Proofs.Select(p => p.Check).Distinct(StringComparer.Ordinal)],
        NotNamedSince = _notNamedSince,
        History = [.. _history],
    };

    /// <param name="names">Everything that the operation calls by this gap's name, its configuration first.</param>
    public void Name(SlotOperation operation, IReadOnlyList<NamedGap> names)
    {
        var (first, found) = (names[0], names.FirstOrDefault(n => n.WasFound));
        var isAnother = _statement != first.Statement && !first.WasFound;
        (_statement, _owner) = (first.Statement, first.Owner);
        if (!first.WasFound)
        {
            _configured = first.Proofs.Count > 0 ? first.Proofs[0] : null;
        }

        _found.AddRange(names.Where(n => n.WasFound).SelectMany(n => n.Proofs).Except(_found));
        if (_history.Count == 0)
        {
            Change(GapStatus.Open, operation, (first.Line, first.At), check: null, first.WasFound ? "found" : "named by the configuration");
        }
        else if (_status == GapStatus.Closed && (found is not null || isAnother))
        {
            var by = found ?? first;
            Change(GapStatus.Open, operation, (by.Line, by.At), check: null, found is not null ? "found again" : "named again with another statement");
        }
    }

    /// <summary>The release that has gone live names it, or does not: that alone closes nothing.</summary>
    public void GoLive(SlotOperation operation, bool isNamed)
    {
        _notNamedSince = isNamed ? null : _notNamedSince ?? new GapChange(
            _status, operation.EndEntry.Seq, operation.EndEntry.At, operation.Id, operation.Order.Release, null, "not named any more");
    }

    /// <summary>What an operation on the live release shows of it. Only verdict A can close; whatever did not hold opens.</summary>
    /// <param name="isNamed">Whether the live release's configuration names it.</param>
    public void See(SlotOperation operation, bool isNamed)
    {
        var release = operation.Order.Release!;
        var sights = Proofs.Where(p => isNamed || p.OnlyWhileNamed is null)
            .SelectMany(p => operation.Checks.Where(c => p.IsAbout(c.Check)).Select(c => new Sight(p, c)))
            .ToList();
        foreach (var (proof, held) in sights.GroupBy(s => s.Proof).Select(g => (g.Key, g.All(s => CheckMatch.Holds(s.Check)))))
        {
            if (operation.End.Verdict == Verdict.A || !held)
            {
                _shown[(release, proof)] = held;
            }
        }

        // A release that was pushed without running what would close the gap has not closed it, whatever an earlier one showed.
        if (isNamed && operation.Order.Push is not null && !_isByWord && _configured is { } own && sights.TrueForAll(s => s.Proof != own))
        {
            _shown[(release, own)] = false;
            Lower(operation, Shown(release), End(operation), check: null, $"{own.Check} did not run for this release");
        }

        Judge(operation, sights);
    }

    private void Judge(SlotOperation operation, List<Sight> sights)
    {
        var status = Shown(operation.Order.Release!);
        if (sights.Find(s => !CheckMatch.Holds(s.Check)) is { } broken)
        {
            var what = OutcomeRules.Ran(broken.Check) ? "did not hold" : "did not run";
            Lower(operation, status, broken.Place, broken.Check.Id, $"{broken.Check.Id} {what}: {broken.Check.Seen}");
        }

        var held = sights.FindAll(s => CheckMatch.Holds(s.Check));
        if (status > _status && held.Count > 0)
        {
            var ids = string.Join(", ", held.Select(s => s.Check.Id).Distinct(StringComparer.Ordinal));
            Change(status, operation, held[^1].Place, held[^1].Check.Id, $"{ids} ran and held");
        }
    }

    private void Lower(SlotOperation operation, GapStatus status, (long Line, DateTimeOffset At) place, string? check, string what)
    {
        if (status < _status)
        {
            Change(status, operation, place, check, what);
        }
    }

    /// <summary>Evidence of the release that was live before is none of the one that the slot has gone back to.</summary>
    public void RollBack(SlotOperation operation)
    {
        if (!_isByWord)
        {
            Lower(operation, Shown(operation.Order.Release!), End(operation), check: null, "the slot went back to a release of which nothing shows it");
        }
    }

    /// <summary>A word for another opening than this one changes nothing, whoever wrote the line.</summary>
    public void Take(LedgerEntry entry, LedgerEvent.GapClosed closed)
    {
        if (_status == GapStatus.Closed || closed.Word.Opened != _opened)
        {
            return;
        }

        _status = GapStatus.Closed;
        _isByWord = true;
        _history.Add(new GapChange(GapStatus.Closed, entry.Seq, entry.At, "", null, null, $"{closed.Word.Who} signed with {closed.Key}: {closed.Word.Why}"));
    }

    /// <summary>What is shown of a release; what nobody saw of it is not shown.</summary>
    private GapStatus Shown(string release)
    {
        var held = Proofs.Select(p => _shown.GetValueOrDefault((release, p))).ToList();
        return held.Count > 0 && held.TrueForAll(h => h) ? GapStatus.Closed : held.Contains(true) ? GapStatus.Partial : GapStatus.Open;
    }

    private static (long Line, DateTimeOffset At) End(SlotOperation operation) => (operation.EndEntry.Seq, operation.EndEntry.At);

    private void Change(GapStatus status, SlotOperation operation, (long Line, DateTimeOffset At) place, string? check, string what)
    {
        if (_history.Count == 0 || _status == GapStatus.Closed)
        {
            _opened = place.Line;
        }

        _status = status;
        _isByWord = false;
        _history.Add(new GapChange(status, place.Line, place.At, operation.Id, operation.Order.Release, check, what));
    }

    private sealed record Sight(GapProof Proof, SeenCheck Seen)
    {
        public Check Check => Seen.Check;

        public (long, DateTimeOffset) Place => (Seen.Line, Seen.At);
    }
}
