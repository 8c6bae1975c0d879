using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Gaps;

/// <summary>What the ledger tells of one slot: its ended operations and the words signed for it, in the order of the lines, and what is live at the end.</summary>
internal sealed class SlotStory
{
    private readonly Dictionary<string, Begun> _running = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _configurations = new(StringComparer.Ordinal);

    private SlotStory()
    {
    }

    /// <summary>Null when nothing is live.</summary>
    public string? Live { get; private set; }

    public List<SlotOperation> Operations { get; } = [];

    public List<(LedgerEntry Entry, LedgerEvent.GapClosed Word)> Words { get; } = [];

    /// <param name="entries">Every line of the ledger from its first, in order.</param>
    public static SlotStory Of(string slot, IEnumerable<LedgerEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var story = new SlotStory();
        foreach (var entry in entries)
        {
            story.Take(slot, entry);
        }

        return story;
    }

    /// <summary>The operations on what is live at the end, the newest last, pushes with another configuration left out.</summary>
    public List<SlotOperation> OfLive()
    {
        var configuration = Live is null ? null : _configurations.GetValueOrDefault(Live);
        return Operations.FindAll(o => o.Order.Release == Live && (o.Order.Push is null || o.Order.Push.Configuration.GetRawText() == configuration));
    }

    private void Take(string slot, LedgerEntry entry)
    {
        switch (entry.Event)
        {
            case LedgerEvent.OperationBegun begun when begun.Slot == slot:
                _running[entry.Operation] = new Begun(entry, begun);
                break;
            case LedgerEvent.CheckMade made when _running.TryGetValue(entry.Operation, out var its):
                its.Checks.Add(new SeenCheck(entry.Seq, entry.At, made.Check));
                break;
            case LedgerEvent.GateClosed closed when _running.TryGetValue(entry.Operation, out var its):
                its.Gates.Add((entry.Seq, closed));
                break;
            case LedgerEvent.SlotSwitched switched when switched.Slot == slot:
                Live = switched.Release;
                break;
            case LedgerEvent.OperationEnded when _running.Remove(entry.Operation, out var its):
                Operations.Add(Ended(its, entry));
                break;
            case LedgerEvent.GapClosed word when word.Word.Slot == slot:
                Words.Add((entry, word));
                break;
        }
    }

    private SlotOperation Ended(Begun begun, LedgerEntry end) => new()
    {
        Id = end.Operation,
        Order = begun.Order,
        First = begun.Entry,
        Checks = [.. begun.Checks],
        Gates = [.. begun.Gates],
        EndEntry = end,
        IsOfLive = begun.Order.Release is { } release && release == Live && IsOf(release, begun.Order.Push, ((LedgerEvent.OperationEnded)end.Event).Verdict),
    };

    private bool IsOf(string release, LedgerEvent.PushSubject? push, Verdict verdict)
    {
        if (push?.Configuration.GetRawText() is not { } configuration)
        {
            return true;
        }

        if (verdict != Verdict.B)
        {
            _configurations[release] = configuration;
        }

        return _configurations.GetValueOrDefault(release) == configuration;
    }

    private sealed record Begun(LedgerEntry Entry, LedgerEvent.OperationBegun Order)
    {
        public List<SeenCheck> Checks { get; } = [];

        public List<(long Line, LedgerEvent.GateClosed Gate)> Gates { get; } = [];
    }
}
