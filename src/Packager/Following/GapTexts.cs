using System.Globalization;
using System.Text.Json;
using IuCutter.Gaps;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.Following;

/// <summary>A slot's gaps and its readiness, for people and for programs.</summary>
internal static class GapTexts
{
    /// <param name="all">The closed ones too, and every gap with its history.</param>
    public static void Show(GapRegister register, bool all, Screen screen)
    {
        var open = register.Gaps.Count(g => g.Status != GapStatus.Closed);
        screen.Line(SafeText.Line($"slot {register.Slot}, live {register.Live ?? "nothing"}: {Amount.Count(open, "gap")} open, {register.Gaps.Length - open} closed"));
        foreach (var gap in register.Gaps.Where(g => all || g.Status != GapStatus.Closed))
        {
            screen.Line();
            Show(gap, screen);
            foreach (var change in all ? gap.History : [])
            {
                screen.Line(SafeText.Line($"    {Amount.Moment(change.At)}  {change.Status.Word(),-7}  {change.What}  ({Where(change)})"));
            }
        }

        if (!all && open < register.Gaps.Length)
        {
            screen.Line();
            screen.Line($"  the {Amount.Count(register.Gaps.Length - open, "closed one", "closed ones")}, and every history: iucutter gaps --slot {register.Slot} --all");
        }
    }

    public static void Write(GapRecord gap, string slot, JsonLines lines) => lines.Write(json =>
    {
        json.WriteString("slot", slot);
        json.WriteString("id", gap.Id);
        json.WriteString("statement", gap.Statement);
        json.WriteString("owner", gap.Owner);
        json.WriteString("status", gap.Status.Word());
        json.WriteNumber("openedLine", gap.Opened);
        json.WriteStartArray("closedBy");
        foreach (var check in gap.ClosedBy)
        {
            json.WriteStringValue(check);
        }

        json.WriteEndArray();
        json.WriteStartObject("since");
        Write(json, gap.Since);
        json.WriteEndObject();
        if (gap.NotNamedSince is { } left)
        {
            json.WriteStartObject("notNamedSince");
            Write(json, left);
            json.WriteEndObject();
        }

        json.WriteStartArray("history");
        foreach (var change in gap.History)
        {
            json.WriteStartObject();
            Write(json, change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static void Show(ReadinessList list, Screen screen)
    {
        var open = list.Conditions.Count(c => !c.IsClosed);
        foreach (var condition in list.Conditions)
        {
            screen.Line(screen.Paint(condition.IsClosed ? Ink.Good : Ink.Bad, condition.IsClosed ? "closed  " : "OPEN    ") + SafeText.Line(condition.Title));
            screen.Line(SafeText.Line($"          {condition.Evidence}{(condition.Line is { } line ? $"  ({Where(condition.Operation, condition.Check, line)})" : "")}"));
        }

        screen.Line();
        screen.Line(SafeText.Line(open == 0
            ? $"ready: {list.Live} in slot {list.Slot} meets {(list.Conditions.Length == 1 ? "its condition" : $"all {list.Conditions.Length} conditions")}"
            : $"not ready: {open} of {Amount.Count(list.Conditions.Length, "condition")} of {list.Live} in slot {list.Slot} open"));
    }

    public static void Write(ReadinessList list, JsonLines lines) => lines.Write(json =>
    {
        json.WriteString("slot", list.Slot);
        json.WriteString("release", list.Live);
        json.WriteBoolean("ready", list.IsReady);
        json.WriteStartArray("conditions");
        foreach (var condition in list.Conditions)
        {
            json.WriteStartObject();
            json.WriteString("condition", condition.Title);
            json.WriteBoolean("closed", condition.IsClosed);
            json.WriteString("evidence", condition.Evidence);
            json.WriteString("operation", condition.Operation);
            json.WriteString("check", condition.Check);
            if (condition.Line is { } line)
            {
                json.WriteNumber("line", line);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Show(GapRecord gap, Screen screen)
    {
        var ink = gap.Status switch
        {
            GapStatus.Open => Ink.Bad,
            GapStatus.Partial => Ink.Partial,
            GapStatus.Closed => Ink.Good,
        };
        screen.Line(screen.Paint(ink, $"{gap.Status.Word(),-7}") + SafeText.Line($"  {gap.Id}: {gap.Statement}"));
        screen.Line(SafeText.Line($"    owner {gap.Owner}; since {gap.Since.Release ?? "(no release)"}, {Amount.Moment(gap.Since.At)} ({Where(gap.Since)})"));
        if (gap.Status == GapStatus.Closed)
        {
            screen.Line(SafeText.Line($"    closed: {gap.Last.What} ({Where(gap.Last)})"));
            return;
        }

        if (gap.NotNamedSince is { } left)
        {
            screen.Line(SafeText.Line($"    not named any more since {left.Release}, {Amount.Moment(left.At)} ({Where(left)}); that closes nothing"));
        }

        screen.Line(SafeText.Line(gap.ClosedBy.Length > 0
            ? $"    closes when {string.Join(" and ", gap.ClosedBy)} {(gap.ClosedBy.Length > 1 ? "run and hold" : "runs and holds")}, or by a person's word"
            : "    closes by a person's word only"));
    }

    private static void Write(Utf8JsonWriter json, GapChange change)
    {
        json.WriteString("status", change.Status.Word());
        json.WriteString("at", change.At);
        json.WriteNumber("line", change.Line);
        json.WriteString("operation", change.Operation.Length > 0 ? change.Operation : null);
        json.WriteString("release", change.Release);
        json.WriteString("check", change.Check);
        json.WriteString("what", change.What);
    }

    private static string Where(GapChange change) => Where(change.Operation, change.Check, change.Line);

    private static string Where(string? operation, string? check, long line) =>
        string.Join(", ", new[] { check, operation, string.Create(CultureInfo.InvariantCulture, $"ledger line {line}") }.Where(p => p is { Length: > 0 }));
}
