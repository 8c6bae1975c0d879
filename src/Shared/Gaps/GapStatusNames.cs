namespace IuCutter.Gaps;

/// <summary>The words for what a gap is, as they stand in output.</summary>
public static class GapStatusNames
{
    public static string Word(this GapStatus status) => status switch
    {
        GapStatus.Open => "OPEN",
        GapStatus.Partial => "PARTIAL",
        GapStatus.Closed => "CLOSED",
    };
}
