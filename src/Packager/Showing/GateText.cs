using System.Globalization;
using IuCutter.Gates;
using IuCutter.Packager.Connecting;

namespace IuCutter.Packager.Showing;

/// <summary>A gate as people read it: one line, and under it the checks that kept it from a PASS.</summary>
internal static class GateText
{
    private const int SubjectWidth = 26;
    private const int OutcomeWidth = 12;
    private const int SummaryWidth = 64;
    private const int TailLines = 12;

    public static IEnumerable<string> Lines(GateResult gate, double milliseconds, bool verbose, Screen screen)
    {
        yield return Head(gate, milliseconds, screen);
        foreach (var check in gate.Checks.Where(c => verbose || c.Status != CheckStatus.Held))
        {
            foreach (var line in OfCheck(check, screen))
            {
                yield return line;
            }
        }
    }

    public static Ink InkOf(Outcome outcome) => outcome switch
    {
        Outcome.Pass => Ink.Good,
        Outcome.Partial => Ink.Partial,
        Outcome.Fail => Ink.Bad,
        Outcome.Blocked => Ink.Bad,
        Outcome.NotExecuted => Ink.Faint,
    };

    private static string Head(GateResult gate, double milliseconds, Screen screen)
    {
        var word = gate.Outcome.Word();
        var summary = SafeText.Line(GateSummary.Of(gate));
        var time = gate.Outcome == Outcome.NotExecuted ? "" : Amount.Time(milliseconds);
        var room = screen.Width == 0 ? int.MaxValue : Math.Max(16, screen.Width - 2 - 2 - SubjectWidth - 2 - OutcomeWidth - 2 - time.Length - 3);
        summary = summary.Length > room ? summary[..(room - 1)] + "…" : summary;
        var left = $"{gate.Gate}  {gate.Gate.Subject().PadRight(SubjectWidth)}  {screen.Paint(InkOf(gate.Outcome), word)}{new string(' ', OutcomeWidth - word.Length)}  ";
        return (left + (time.Length == 0 ? summary : summary.PadRight(Math.Min(SummaryWidth, room)) + "  " + time)).TrimEnd();
    }

    private static IEnumerable<string> OfCheck(Check check, Screen screen)
    {
        yield return $"      {screen.Paint(InkOf(check), Word(check))}  {SafeText.Line(check.Statement)} {screen.Paint(Ink.Faint, $"({SafeText.Line(check.Id)})")}";
        if (check.Status == CheckStatus.NotHeld)
        {
            yield return $"        expected  {SafeText.Line(check.Expected)}";
        }

        yield return $"        {(check.Status == CheckStatus.CouldNotRun ? "because " : "got     ")}  {SafeText.Line(check.Seen)}";
        if (check.Gap is { } gap)
        {
            yield return $"        gap       {SafeText.Line(gap.Id)}: {SafeText.Line(gap.Statement)}; owner: {SafeText.Line(gap.Owner)}";
        }

        if (check.Evidence?.Command is { } command)
        {
            foreach (var line in OfCommand(command, check.Status != CheckStatus.Held, screen))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> OfCommand(CommandEvidence command, bool withTail, Screen screen)
    {
        yield return $"        command   {SafeText.Line(string.Join(' ', command.Arguments.Select(TypedCommand.Word)))}";
        yield return $"        ended     {Ending(command)}; {Amount.Bytes(command.OutputBytes)} of output{(command.OutputTruncated ? ", kept in part" : "")}; sandbox {SafeText.Line(command.Sandbox)}";
        if (!withTail || command.Tail.Length == 0)
        {
            yield break;
        }

        foreach (var line in SafeText.LastLines(command.Tail, TailLines))
        {
            yield return $"        {screen.Paint(Ink.Faint, "|")} {line}";
        }
    }

    private static string Ending(CommandEvidence command) => command switch
    {
        { TimedOut: true } => "at its time limit",
        { ExitCode: { } code } => string.Create(CultureInfo.InvariantCulture, $"with exit code {code}"),
        { Signal: { } signal } => string.Create(CultureInfo.InvariantCulture, $"by signal {signal}"),
        _ => "without having started",
    };

    private static string Word(Check check) => check.Status switch
    {
        CheckStatus.Held => "held        ",
        CheckStatus.NotHeld => "did not hold",
        CheckStatus.CouldNotRun => "did not run ",
    };

    private static Ink InkOf(Check check) => check.Status switch
    {
        CheckStatus.Held => Ink.Good,
        CheckStatus.NotHeld => Ink.Bad,
        CheckStatus.CouldNotRun => check.Gap is null ? Ink.Bad : Ink.Partial,
    };
}
