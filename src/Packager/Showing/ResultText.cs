using IuCutter.Gates;

namespace IuCutter.Packager.Showing;

/// <summary>The last words about an operation: the verdict, what is changed on the target, the way back.</summary>
internal static class ResultText
{
    public static IEnumerable<string> Lines(OperationResult result, Screen screen)
    {
        yield return "";
        yield return screen.Paint(InkOf(result.Verdict), $"verdict {result.Verdict}") + "  " + SafeText.Line(Meaning(result));
        if (result.Verdict != Verdict.A)
        {
            yield return Row("because", result.Reason);
        }

        foreach (var line in Where(result).Concat(Changes(result)))
        {
            yield return line;
        }

        if (result.Report is { } report)
        {
            yield return Row("report", Path.Combine(report, "report.html"));
        }

        if (result.Undo is { } undo)
        {
            yield return Row("way back", undo);
        }

        if (result.Next is { } next)
        {
            yield return Row("next", next);
        }
    }

    private static string Meaning(OperationResult result) => (result.Verdict, result.Kind) switch
    {
        (Verdict.A, "push") when result.WasLiveAlready => "this release was live and proved already, and still is",
        (Verdict.A, "push") => $"the release is live and proved: {result.Reason}",
        (Verdict.A, "rollback") => "the slot points at the release that was asked for, and its files are what they were when it was proved",
        (Verdict.A, _) => result.Reason,
        (Verdict.B, _) when result.Operation is null => "nothing was begun on the target",
        (Verdict.B, _) => "not done, and the target is measured to be as it was",
        (Verdict.C, _) => "not done, and the target is not as it was, or could not be measured",
    };

    private static IEnumerable<string> Where(OperationResult result)
    {
        if (result.Operation is { } operation)
        {
            yield return Row("operation", operation);
        }

        if (result.Release is { } release)
        {
            yield return Row("release", release);
        }

        if (result.ReleasePath is { } path)
        {
            yield return Row("lies at", path);
        }

        if (result.WasLiveAlready && result.Verdict == Verdict.A)
        {
            yield return Row("again", "push --again runs every gate of a live release once more");
        }
    }

    private static IEnumerable<string> Changes(OperationResult result)
    {
        if (result.Operation is null)
        {
            yield break;
        }

        if (result.Changes.IsEmpty)
        {
            yield return Row("changed", result.Verdict == Verdict.C ? "not known" : "nothing");
        }

        foreach (var change in result.Changes)
        {
            yield return Row("changed", change);
        }
    }

    private static string Row(string name, string value) => $"  {name,-9}  {SafeText.Line(value)}";

    private static Ink InkOf(Verdict verdict) => verdict switch
    {
        Verdict.A => Ink.Good,
        Verdict.B => Ink.Partial,
        Verdict.C => Ink.Bad,
    };
}
