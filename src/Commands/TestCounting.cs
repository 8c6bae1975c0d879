using System.Xml;
using IuCutter.Configuration;
using IuCutter.Counting;
using IuCutter.Gates;

namespace IuCutter.Commands;

/// <summary>Counts the tests of a run while it prints, or from the report that it leaves behind.</summary>
public sealed class TestCounting(TestCommand test)
{
    private readonly TestCounter? _counter = test.Counts is TestFramework.Junit ? null : TestCounters.Create(test.Counts);

    /// <summary>How many tests have ended by now; for progress only.</summary>
    public int SoFar => _counter?.SoFar ?? 0;

    public void Line(string line) => _counter?.Line(line);

    /// <summary>What the run counted; null when it left no summary.</summary>
    /// <param name="directory">Where the command ran: a report's path is relative to it.</param>
    public async Task<TestEvidence?> FinishAsync(string directory, CancellationToken cancellationToken)
    {
        var counts = _counter is null ? await ReadReportAsync(directory, cancellationToken) : _counter.Result;
        return counts is { } c ? new TestEvidence(c.Total, c.Passed, c.Failed + c.Errors, c.Skipped) : null;
    }

    private async Task<TestCounts?> ReadReportAsync(string directory, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, test.Report ?? "");
        if (!File.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            return null;
        }

        try
        {
            await using var file = File.OpenRead(path);
            return await JunitReport.ReadAsync(file, cancellationToken);
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
