namespace IuCutter.Configuration.Detection;

/// <summary>All that was found in a payload. The first is the one whose marker lies highest, and supplies the unset gates.</summary>
/// <param name="Sentence">For people: what was found and why, or that nothing was and what to write.</param>
public sealed record DetectionResult(IReadOnlyList<Detected> All, string Sentence)
{
    public Detected? Main => All.Count > 0 ? All[0] : null;
}
