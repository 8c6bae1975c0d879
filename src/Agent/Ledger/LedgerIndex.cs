using IuCutter.Ledgers;

namespace IuCutter.Agent.Ledger;

/// <summary>Where in the ledger's file the lines of an operation, of a slot, and all lines lie.</summary>
internal sealed class LedgerIndex
{
    private readonly Lock _lock = new();
    private readonly List<(long Offset, int Length)> _all = [];
    private readonly List<string> _operations = [];
    private readonly Dictionary<string, List<(long, int)>> _ofOperation = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _usersOfApprovals = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<(long, int)>> _ofSlot = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    public IReadOnlyList<string> Slots
    {
        get
        {
            lock (_lock)
            {
                return [.. _ofSlot.Keys];
            }
        }
    }

    public void Add(LedgerEntry entry, long offset, int length)
    {
        lock (_lock)
        {
            _all.Add((offset, length));
            if (entry.Operation.Length > 0)
            {
                if (!_ofOperation.TryGetValue(entry.Operation, out var lines))
                {
                    _operations.Add(entry.Operation);
                    _ofOperation[entry.Operation] = lines = [];
                }

                lines.Add((offset, length));
            }

            if (entry.Event is LedgerEvent.ApprovalUsed used)
            {
                _usersOfApprovals.TryAdd(used.Nonce, entry.Operation);
            }

            foreach (var slot in SlotsOf(entry.Event))
            {
                _ofSlot[slot].Add((offset, length));
            }
        }
    }

    /// <summary>The operation that an approval was used for; null while it was not.</summary>
    public string? UserOf(string nonce)
    {
        lock (_lock)
        {
            return _usersOfApprovals.GetValueOrDefault(nonce);
        }
    }

    public IReadOnlyList<(long Offset, int Length)> OfOperation(string operation)
    {
        lock (_lock)
        {
            return _ofOperation.TryGetValue(operation, out var lines) ? [.. lines] : [];
        }
    }

    public IReadOnlyList<(long Offset, int Length)> OfSlot(string slot)
    {
        lock (_lock)
        {
            return _ofSlot.TryGetValue(slot, out var lines) ? [.. lines] : [];
        }
    }

    /// <summary>The lines after a number, up to and with another.</summary>
    public IReadOnlyList<(long Offset, int Length)> Between(long after, long last)
    {
        lock (_lock)
        {
            var from = (int)Math.Clamp(after, 0, _all.Count);
            var to = (int)Math.Clamp(last, from, _all.Count);
            return _all.GetRange(from, to - from);
        }
    }

    public IReadOnlyList<(long Offset, int Length)> Last(int most)
    {
        lock (_lock)
        {
            return most <= 0 || most >= _all.Count ? [.. _all] : _all.GetRange(_all.Count - most, most);
        }
    }

    /// <summary>A removed release concerns every slot: each may have had it on its way back.</summary>
    private IEnumerable<string> SlotsOf(LedgerEvent what)
    {
        var slot = what switch
        {
            LedgerEvent.SlotSwitched switched => switched.Slot,
            LedgerEvent.ReleaseStaged staged => staged.Slot,
            LedgerEvent.ReleaseProved proved => proved.Slot,
            _ => null,
        };
        if (slot is null)
        {
            return what is LedgerEvent.ReleaseRemoved ? [.. _ofSlot.Keys] : [];
        }

        _ofSlot.TryAdd(slot, []);
        return [slot];
    }
}
