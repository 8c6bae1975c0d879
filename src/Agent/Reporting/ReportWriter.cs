using System.Globalization;
using System.Text;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Reporting;

/// <summary>Gate G8: writes the operation's report from its ledger lines and from nothing else, and signs the ledger's head.</summary>
public sealed class ReportWriter(TargetHost host, Operation operation)
{
    public Task RunAsync(CheckList gate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = Path.Combine(host.State.Operations, operation.Id);
        gate.Observe("written", "the report is written", "a report that reads back as it was written", () =>
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, "report.md");
            var text = Encoding.UTF8.GetBytes(Text());
            CrashPoint.Reach("C17.before");
            Write(path, text);
            CrashPoint.Reach("C17.after");
            var digest = Sha256Digest.Of(File.ReadAllBytes(path));
            return Observation.Of(digest == Sha256Digest.Of(text), "report written", ("path", path), ("sha256", digest), ("bytes", text.Length));
        });
        gate.Observe("signed", "the ledger's head is signed", "a receipt that verifies", () =>
        {
            var (entries, head) = host.Ledger.Head;
            var receipt = host.Key.Sign(entries, head);
            Write(Path.Combine(folder, "receipt.json"), LedgerJson.Write(receipt));
            return Observation.Of(receipt.Verifies(), $"ledger head {head[..12]}… signed", ("entries", entries), ("head", head), ("public key", receipt.PublicKey));
        });
        return Task.CompletedTask;
    }

    private static void Write(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(bytes);
        DirectoryHandle.Flush(file.SafeFileHandle);
    }

    private string Text()
    {
        var text = new StringBuilder();
        foreach (var entry in host.Ledger.EntriesOf(operation.Id))
        {
            switch (entry.Event)
            {
                case LedgerEvent.OperationBegun begun:
                    text.Append(CultureInfo.InvariantCulture, $"# {begun.Operation} of {begun.Release} to slot {begun.Slot}\n\n");
                    text.Append(CultureInfo.InvariantCulture, $"Operation {entry.Operation}, begun {entry.At:u}, asked for by {Escape(begun.RequestedBy)}.\n");
                    break;
                case LedgerEvent.GateBegun gate:
                    text.Append(CultureInfo.InvariantCulture, $"\n## {gate.Gate} {gate.Gate.Subject()} (seen by the {gate.Observer} host)\n\n");
                    break;
                case LedgerEvent.CheckMade made:
                    text.Append(CultureInfo.InvariantCulture, $"- {made.Check.Status}: {Escape(made.Check.Statement)}. Expected {Escape(made.Check.Expected)}; seen {Escape(made.Check.Seen)}.\n");
                    break;
                case LedgerEvent.GateClosed closed:
                    text.Append(CultureInfo.InvariantCulture, $"\n**{closed.Outcome.Word()}** {Escape(closed.Cause ?? "")}\n");
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Keeps what a payload printed from becoming markup.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\n' or '\r' or '\t')
            {
                escaped.Append(' ');
            }
            else if (!char.IsControl(c))
            {
                escaped.Append(@"\`*_{}[]<>#|&".Contains(c, StringComparison.Ordinal) ? "\\" : "").Append(c);
            }
        }

        return escaped.ToString();
    }
}
