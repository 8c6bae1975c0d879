namespace IuCutter.Ledgers;

/// <summary>Holds ledger lines against the agent's signature under the last of them. Pure: needs the lines, the receipt, and nothing else.</summary>
public static class SignedLedger
{
    /// <param name="lines">Without their newlines, in order. They may begin anywhere in the ledger.</param>
    /// <param name="before">The receipt of the line before the first, where one is known: then the lines must go on from it.</param>
    /// <returns>The lines as read.</returns>
    /// <exception cref="LedgerBrokenException">A line was changed, removed, moved or added, or the receipt is not of these lines or not genuine.</exception>
    public static IReadOnlyList<LedgerEntry> Read(IEnumerable<ReadOnlyMemory<byte>> lines, LedgerReceipt receipt, LedgerReceipt? before = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(receipt);
        if (!receipt.Verifies())
        {
            throw new LedgerBrokenException(receipt.Entries, "the signature of the receipt is not by the key that it names");
        }

        if (before is not null && before.PublicKey != receipt.PublicKey)
        {
            throw new LedgerBrokenException(receipt.Entries, "it is signed with another key than the lines before it");
        }

        var chain = before is null ? null : new LedgerChain(before.Entries, before.Head);
        var entries = new List<LedgerEntry>();
        foreach (var line in lines)
        {
            chain ??= LedgerChain.Before(line.Span);
            entries.Add(chain.Take(line.Span));
        }

        if (chain is null)
        {
            throw new LedgerBrokenException(receipt.Entries, "there is not one line");
        }

        if (chain.Entries != receipt.Entries)
        {
            throw new LedgerBrokenException(chain.Entries, chain.Entries < receipt.Entries
                ? $"the lines end here, {receipt.Entries} were signed"
                : $"the lines end here, the signature is under line {receipt.Entries}");
        }

        return chain.Head == receipt.Head
            ? entries
            : throw new LedgerBrokenException(chain.Entries, $"it has sha256 {chain.Head}, the signature is under {receipt.Head}");
    }
}
