using System.Security.Cryptography;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Reporting;

/// <summary>Lines of the ledger together with the agent's signature under the last of them.</summary>
internal static class SignedLines
{
    /// <param name="after">The number of the line before the first; 0 begins with the ledger's own first.</param>
    /// <param name="last">The number of the last line.</param>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Lines, LedgerReceipt Receipt) Of(TargetHost host, long after, long last)
    {
        host.Ledger.Flush();
        var lines = host.Ledger.LinesBetween(after, last).ToList();
        var head = (lines.Count > 0 ? lines : [.. host.Ledger.LinesBetween(last - 1, last)]) is [.., var end] ? Convert.ToHexStringLower(SHA256.HashData(end.Span)) : host.Ledger.Head.Head;
        return (lines, host.Key.Sign(last, head));
    }
}
