using System.Text.Json;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.Following;

/// <summary>What was done on a target, an operation a line, from the first and the last line that the ledger has of each.</summary>
internal sealed class OperationList
{
    private readonly IReadOnlyList<Begun> _newestFirst;

    private OperationList(IReadOnlyList<Begun> newestFirst) => _newestFirst = newestFirst;

    /// <param name="slot">Null: every slot's.</param>
    /// <param name="last">Only the newest so many; 0: all.</param>
    /// <exception cref="CommandException">Nothing was ever done in that slot.</exception>
    public static async Task<OperationList> ReadAsync(Target target, string? slot, uint last, CancellationToken cancellation)
    {
        var all = new Dictionary<string, Begun>(StringComparer.Ordinal);
        await new LedgerLines(target).ReadAsync(operation: "", last: 0, line => Take(LedgerLines.TryRead(line.Span), all), cancellation);
        var wanted = all.Values.Where(o => slot is null || o.What.Slot == slot).OrderByDescending(o => o.Entry.Seq).ToList();
        return wanted.Count > 0 || slot is null
            ? new OperationList([.. last == 0 ? wanted : wanted.Take((int)Math.Min(last, int.MaxValue))])
            : throw CommandException.Usage($"nothing was ever done in slot '{slot}' of {target.Address}", TypedCommand.InText("`iucutter operations` shows what was done, in every slot", target.Address));
    }

    public void Show(Screen screen)
    {
        if (_newestFirst.Count == 0)
        {
            screen.Line("no operations");
            return;
        }

        foreach (var line in Table.Lines(["OPERATION", "WHAT", "SLOT", "RELEASE", "VERDICT", "BEGUN", "TOOK", "BY"], [.. _newestFirst.Select(Row)]))
        {
            screen.Line(line);
        }
    }

    public void Write(JsonLines lines)
    {
        foreach (var begun in _newestFirst)
        {
            lines.Write(json => Write(begun, json));
        }
    }

    private static void Write(Begun begun, Utf8JsonWriter json)
    {
        json.WriteString("operation", begun.Entry.Operation);
        json.WriteString("kind", begun.What.Operation);
        json.WriteString("slot", begun.What.Slot);
        json.WriteString("release", begun.What.Release);
        json.WriteString("commit", begun.What.Push?.Commit);
        json.WriteString("requestedBy", begun.What.RequestedBy);
        json.WriteNumber("begunUnixMs", begun.Entry.At.ToUnixTimeMilliseconds());
        if (begun.End is { } end)
        {
            json.WriteNumber("endedUnixMs", end.At.ToUnixTimeMilliseconds());
        }
        else
        {
            json.WriteNull("endedUnixMs");
        }

        json.WriteString("verdict", begun.Ended?.Verdict.ToString());
        json.WriteString("reason", begun.Ended?.Reason);
    }

    private static string[] Row(Begun begun) =>
    [
        begun.Entry.Operation,
        begun.What.Operation,
        begun.What.Slot,
        begun.What.Release ?? "-",
        begun.Ended?.Verdict.ToString() ?? "under way",
        Amount.Moment(begun.Entry.At),
        begun.End is { } end ? Amount.Time((end.At - begun.Entry.At).TotalMilliseconds) : "-",
        begun.What.RequestedBy,
    ];

    private static void Take(LedgerEntry? entry, Dictionary<string, Begun> all)
    {
        if (entry is { Event: LedgerEvent.OperationBegun what })
        {
            all[entry.Operation] = new Begun(entry, what);
        }
        else if (entry is { Event: LedgerEvent.OperationEnded } && all.TryGetValue(entry.Operation, out var begun))
        {
            all[entry.Operation] = begun with { End = entry };
        }
    }

    private sealed record Begun(LedgerEntry Entry, LedgerEvent.OperationBegun What, LedgerEntry? End = null)
    {
        public LedgerEvent.OperationEnded? Ended => End?.Event as LedgerEvent.OperationEnded;
    }
}
