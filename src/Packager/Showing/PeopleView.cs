using System.Collections.Immutable;
using System.Globalization;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Packager.Showing;

/// <summary>Shows an operation to people: a line a gate, progress in passing, the verdict at the end.</summary>
internal sealed class PeopleView(Screen screen, TimeProvider time, bool verbose) : IOperationView
{
    private const int BarWidth = 24;
    private static readonly TimeSpan PassingPause = TimeSpan.FromMilliseconds(80);

    private readonly Lock _lock = new();
    private readonly HashSet<GateId> _shown = [];
    private readonly ImmutableArray<Check>.Builder _checks = ImmutableArray.CreateBuilder<Check>();
    private long _lastPassing;

    public void Heading(string text)
    {
        lock (_lock)
        {
            screen.Line(SafeText.Line(text));
        }
    }

    public void Note(string text)
    {
        lock (_lock)
        {
            screen.Line(SafeText.Line(text));
        }
    }

    public void SourceGate(GateResult gate, double milliseconds)
    {
        lock (_lock)
        {
            _shown.Add(gate.Gate);
            Show(gate, milliseconds);
        }
    }

    public void Progress(string operation, string gate, string what, long done, long total, string unit)
    {
        if (!screen.IsTerminal)
        {
            return;
        }

        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_lastPassing, now) < PassingPause && (total == 0 || done < total))
            {
                return;
            }

            _lastPassing = now;
            screen.Passing(SafeText.Line($"{gate}  {what}{Measure(done, total, unit)}"));
        }
    }

    public void Recorded(long number, string operation, ReadOnlyMemory<byte> line, LedgerEntry? entry)
    {
        lock (_lock)
        {
            switch (entry?.Event)
            {
                case LedgerEvent.GateBegun begun:
                    _checks.Clear();
                    screen.Passing($"{begun.Gate}  {begun.Gate.Subject()} …");
                    break;
                case LedgerEvent.CheckMade made:
                    _checks.Add(made.Check);
                    break;
                case LedgerEvent.GateClosed closed when !_shown.Contains(closed.Gate):
                    Show(new GateResult(closed.Gate, closed.Outcome, closed.Cause, _checks.ToImmutable()), closed.Milliseconds);
                    break;
                case null:
                    screen.Line("    (the target recorded something that this version of iucutter does not know)");
                    break;
                default:
                    ShowStep(entry.Event);
                    break;
            }
        }
    }

    public void Result(OperationResult result)
    {
        lock (_lock)
        {
            foreach (var line in ResultText.Lines(result, screen))
            {
                screen.Line(line);
            }
        }
    }

    internal static string Measure(long done, long total, string unit)
    {
        if (done == 0 && total == 0)
        {
            return "";
        }

        var text = unit == "bytes" ? Amount.Bytes(done) : string.Create(CultureInfo.InvariantCulture, $"{done} {unit}");
        if (total <= 0)
        {
            return "  " + text;
        }

        var filled = (int)(Math.Clamp((double)done / total, 0, 1) * BarWidth);
        var of = unit == "bytes" ? Amount.Bytes(total) : total.ToString(CultureInfo.InvariantCulture);
        return $"  [{new string('#', filled)}{new string('.', BarWidth - filled)}]  {text} of {of}";
    }

    private void Show(GateResult gate, double milliseconds)
    {
        foreach (var line in GateText.Lines(gate, milliseconds, verbose, screen))
        {
            screen.Line(line);
        }
    }

    private void ShowStep(LedgerEvent what)
    {
        var text = what switch
        {
            LedgerEvent.SlotSwitched switched => $"slot {switched.Slot}: {switched.Previous ?? "(nothing)"} -> {switched.Release ?? "(nothing)"} ({switched.Why})",
            LedgerEvent.ReleaseRemoved removed => $"removed {removed.Release}: {removed.Why}",
            LedgerEvent.ReleaseStaged staged when verbose => $"staged {staged.Release}",
            LedgerEvent.StepIntended intended when verbose => $"about to {intended.Step} {intended.Release}",
            LedgerEvent.StepDone done when verbose => $"done: {done.Step} {done.Release}",
            LedgerEvent.ApprovalUsed used => $"approved by {used.Approver}, key {used.Key}",
            LedgerEvent.ReleaseProved proved when verbose => $"proved {proved.Release}",
            _ => null,
        };
        if (text is not null)
        {
            screen.Line(screen.Paint(Ink.Faint, "    " + SafeText.Line(text)));
        }
    }
}
