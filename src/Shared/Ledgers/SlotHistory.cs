namespace IuCutter.Ledgers;

/// <summary>
/// What the ledger says of one slot: which release is live, which were proved there, and where a rollback goes. The way back is the
/// order in which releases were last proved live, never a listing or a time stamp.
/// </summary>
public sealed class SlotHistory
{
    private readonly List<string> _wayBack = [];
    private readonly List<string> _staged = [];
    private readonly Dictionary<string, DateTimeOffset> _stagedAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _proved = new(StringComparer.Ordinal);

    /// <summary>Null when nothing is live.</summary>
    public string? Live { get; private set; }

    public DateTimeOffset? LiveSince { get; private set; }

    public bool LiveIsProved => Live is not null && _proved.Contains(Live);

    /// <summary>The last proved release before the live one; null when there is none to go back to.</summary>
    public string? RollbackRelease
    {
        get
        {
            var last = _wayBack.LastIndexOf(Live ?? "");
            var before = last >= 0 ? last - 1 : _wayBack.Count - 1;
            return before >= 0 ? _wayBack[before] : null;
        }
    }

    /// <summary>The releases that a rollback could need, the live one last.</summary>
    public IReadOnlyList<string> WayBack => _wayBack;

    /// <summary>The releases that were staged for this slot and not removed since, the newest last.</summary>
    public IReadOnlyList<string> Staged => _staged;

    /// <summary>When a release of <see cref="Staged"/> was staged last.</summary>
    public DateTimeOffset StagedAt(string release) => _stagedAt[release];

    public bool IsProved(string release) => _proved.Contains(release);

    public void Take(LedgerEntry entry)
    {
        switch (entry.Event)
        {
            case LedgerEvent.SlotSwitched switched:
                Live = switched.Release;
                LiveSince = entry.At;
                if (switched is { Why: "rollback", Release: not null })
                {
                    GoBackTo(switched.Release);
                }

                break;
            case LedgerEvent.ReleaseProved proved:
                _proved.Add(proved.Release);
                _wayBack.Remove(proved.Release);
                _wayBack.Add(proved.Release);
                break;
            case LedgerEvent.ReleaseStaged staged:
                _staged.Remove(staged.Release);
                _staged.Add(staged.Release);
                _stagedAt[staged.Release] = entry.At;
                break;
            case LedgerEvent.ReleaseRemoved removed:
                _staged.Remove(removed.Release);
                _proved.Remove(removed.Release);
                _wayBack.RemoveAll(r => r == removed.Release);
                break;
        }
    }

    /// <summary>A rollback to a release on the way drops what came after it; any other becomes the way's newest.</summary>
    private void GoBackTo(string release)
    {
        var at = _wayBack.LastIndexOf(release);
        if (at >= 0)
        {
            _wayBack.RemoveRange(at + 1, _wayBack.Count - at - 1);
        }
        else
        {
            _wayBack.Add(release);
        }
    }
}
