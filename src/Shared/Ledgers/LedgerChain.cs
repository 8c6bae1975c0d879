using System.Security.Cryptography;
using System.Text.Json;

namespace IuCutter.Ledgers;

/// <summary>
/// Checks that lines follow one another: each whole, numbered without a gap, and holding the sha256 of the one before.
/// Says nothing of lines cut off at the end: only a kept <see cref="LedgerReceipt"/> shows those.
/// </summary>
public sealed class LedgerChain
{
    private static readonly string NoHead = new('0', 64);

    /// <summary>A chain whose first line is the ledger's own.</summary>
    public LedgerChain()
        : this(0, NoHead)
    {
    }

    /// <summary>A chain that goes on from a line that is known already.</summary>
    public LedgerChain(long entries, string head) => (Entries, Head) = (entries, head);

    /// <summary>The number of the last line taken.</summary>
    public long Entries { get; private set; }

    /// <summary>The sha256 of the last line taken, lower hex; 64 zeros before the first.</summary>
    public string Head { get; private set; }

    /// <summary>A chain that this line is the next of, wherever in the ledger it stands.</summary>
    /// <exception cref="LedgerBrokenException">It is no ledger line.</exception>
    public static LedgerChain Before(ReadOnlySpan<byte> line)
    {
        var entry = new LedgerChain().Read(line);
        return entry.Seq > 1 || entry.Prev == NoHead ? new LedgerChain(entry.Seq - 1, entry.Prev) : throw new LedgerBrokenException(entry.Seq, "the first line follows no other");
    }

    /// <summary>Takes the next line, without its newline.</summary>
    /// <exception cref="LedgerBrokenException">It does not follow the line before.</exception>
    public LedgerEntry Take(ReadOnlySpan<byte> line)
    {
        var entry = Read(line);
        if (entry.Seq != Entries + 1)
        {
            throw new LedgerBrokenException(Entries + 1, $"the line is numbered {entry.Seq}");
        }

        if (entry.Prev != Head)
        {
            throw new LedgerBrokenException(entry.Seq, $"it follows a line with sha256 {entry.Prev}, but the line before has {Head}");
        }

        Advance(line);
        return entry;
    }

    /// <summary>Takes a line that the caller has made itself to follow the last.</summary>
    public void Advance(ReadOnlySpan<byte> line)
    {
        Entries++;
        Head = Convert.ToHexStringLower(SHA256.HashData(line));
    }

    private LedgerEntry Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return LedgerJson.ReadEntry(line);
        }
        catch (JsonException e)
        {
            throw new LedgerBrokenException(Entries + 1, $"it is no ledger line: {e.Message}");
        }
    }
}
