using System.Text;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Reports;

public sealed class ReportPackageTests
{
    // Markup, terminal codes, a table's end, a line's end, a right-to-left override, a null.
    private const string Hostile = "<script>alert(1)</script> **bold** | `x` \u001b[31m\n# heading \u202eevil\0 [a](b) &amp; ~~x~~ ![i](j)";

    [Fact]
    public void From_the_same_lines_come_the_same_bytes()
    {
        using var history = SignedHistory.OfPush();
        var entries = SignedLedger.Read(history.Lines, history.Receipt);

        var (one, two) = (ReportPackage.Files(OperationRecord.Of("op-1", entries)), ReportPackage.Files(OperationRecord.Of("op-1", entries.Reverse().Reverse())));

        Assert.Equal(10, one.Length);
        Assert.Equal(one.Select(f => f.Name), two.Select(f => f.Name));
        Assert.All(one.Zip(two), pair => Assert.Equal(pair.First.Bytes, pair.Second.Bytes));
    }

    [Fact]
    public void Lines_of_others_between_change_no_byte()
    {
        using var history = SignedHistory.OfPush();
        var entries = SignedLedger.Read(history.Lines, history.Receipt).ToList();
        var alone = ReportPackage.Files(OperationRecord.Of("op-1", entries));
        entries.Insert(7, entries[7] with { Operation = "op-2" });

        Assert.All(alone.Zip(ReportPackage.Files(OperationRecord.Of("op-1", entries))), pair => Assert.Equal(pair.First.Bytes, pair.Second.Bytes));
    }

    [Fact]
    public void What_a_payload_or_a_commit_says_becomes_no_terminals_command()
    {
        using var history = new SignedHistory();
        history.Add(new LedgerEvent.OperationBegun("push", "app", Hostile, "app-1", null));
        history.Add(new LedgerEvent.GateBegun(GateId.G5, "target"));
        var command = new CommandEvidence
        {
            Arguments = [Hostile],
            WorkingDirectory = Hostile,
            EnvironmentNames = [Hostile],
            Sandbox = "T3",
            OutputSha256 = "",
            OutputBytes = 1,
            Tail = Hostile,
        };
        var check = SignedHistory.Check("G5.test.1") with { Statement = Hostile, Expected = Hostile, Seen = Hostile, Gap = new Gap(Hostile, Hostile, Hostile) };
        history.Add(new LedgerEvent.CheckMade(GateId.G5, check with { Evidence = check.Evidence! with { Command = command } }));
        history.Add(new LedgerEvent.GateClosed(GateId.G5, Outcome.Fail, Hostile, 1, 1));
        history.Add(new LedgerEvent.OperationEnded(Verdict.C, Hostile, [Hostile], Hostile, Hostile));

        foreach (var (name, bytes) in ReportPackage.Files(OperationRecord.Of("op-1", SignedLedger.Read(history.Lines, history.Receipt))))
        {
            var text = Encoding.UTF8.GetString(bytes);
            Assert.DoesNotContain(text, c => c is '\u001b' or '\0' or '\u202e' or '\r');
            Assert.DoesNotContain(name.EndsWith(".html", StringComparison.Ordinal) ? "<script" : "\u202e", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_needs_nothing_beside_itself()
    {
        using var history = SignedHistory.OfPush();
        var page = Encoding.UTF8.GetString(ReportPackage.Files(OperationRecord.Of("op-1", SignedLedger.Read(history.Lines, history.Receipt))).Single(f => f.Name == "report.html").Bytes);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
    }
}
