using System.Xml;
using IuCutter.Configuration;
using IuCutter.Counting;
using IuCutter.Gates;

namespace IuCutter.Commands;

/// <summary>Counts the tests of a run while it prints, or from the report that it leaves behind.</summary>
/// <param name="directory">What a report's path is relative to.</param>
public sealed class TestCounting(TestCommand test, string directory)
{
    private readonly string _report = Path.Combine(directory, test.Report ?? "");
    private readonly DateTime _writtenBefore = File.GetLastWriteTimeUtc(Path.Combine(directory, test.Report ?? ""));
    private readonly TestCounter? _counter = test.Counts is TestFramework.Junit ? null : TestCounters.Create(test.Counts);

    /// <summary>How many tests have ended by now; for progress only.</summary>
    public int SoFar => _counter?.SoFar ?? 0;

    public void Line(string line) => _counter?.Line(line);

    /// <summary>What the run counted; null when it left no summary.</summary>
    public async Task<TestEvidence?> FinishAsync(CancellationToken cancellationToken)
    {
        var counts = _counter is null ? await ReadReportAsync(cancellationToken) : _counter.Result;
        return counts is { } c ? new TestEvidence(c.Total, c.Passed, c.Failed + c.Errors, c.Skipped) : null;
    }

    private async Task<TestCounts?> ReadReportAsync(CancellationToken cancellationToken)
    {
        if (!IsOfThisRun(new FileInfo(_report)))
        {
            return null;
        }

        try
        {
            await using var file = File.OpenRead(_report);
            return await JunitReport.ReadAsync(file, cancellationToken);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>A report that lay there before the run says nothing of it. Pipes and devices, which have no length, would be waited for.</summary>
    private bool IsOfThisRun(FileInfo report) =>
        report is { Exists: true, LinkTarget: null, Length: > 0 } && report.LastWriteTimeUtc != _writtenBefore;
}
