using System.Text;
using IuCutter.Ledgers;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Ledgers;

/// <summary>Exhaustive over a ledger of 500 lines: whatever is done to it is found. What comes before a change is sound, so each look begins there.</summary>
public sealed class SignedLedgerTests : IDisposable
{
    private const int Records = 500;

    private readonly SignedHistory _history = SignedHistory.OfPush(54);
    private readonly LedgerReceipt[] _heads;

    public SignedLedgerTests()
    {
        Assert.True(_history.Lines.Count >= Records);
        var chain = new LedgerChain();
        _heads = [.. _history.Lines.Select(l =>
        {
            chain.Take(l.Span);
            return new LedgerReceipt(chain.Entries, chain.Head, "", _history.Receipt.PublicKey);
        })];
    }

    public void Dispose() => _history.Dispose();

    [Fact]
    public void Lines_as_they_were_signed_are_read() => Assert.Equal(_history.Lines.Count, SignedLedger.Read(_history.Lines, _history.Receipt).Count);

    [Fact]
    public void Every_flip_of_every_byte_is_found()
    {
        var found = 0;
        Parallel.For(1, Records, at =>
        {
            for (var place = 0; place < _history.Lines[at].Length; place++)
            {
                foreach (var mask in (byte[])[0x01, 0x20, 0xFF])
                {
                    var line = _history.Lines[at].ToArray();
                    line[place] ^= mask;
                    AssertBroken(() =>
                    {
                        var chain = new LedgerChain(_heads[at - 1].Entries, _heads[at - 1].Head);
                        chain.Take(line);
                        chain.Take(_history.Lines[at + 1].Span);
                    });
                    Interlocked.Increment(ref found);
                }
            }
        });
        Assert.True(found > 3 * 100 * Records);
    }

    [Fact]
    public void A_text_changed_in_the_middle_is_found_by_the_line_after_it()
    {
        var lines = _history.Lines.ToList();
        lines[Records / 2] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(lines[Records / 2].Span).Replace("it is so", "it is no", StringComparison.Ordinal));

        AssertBroken(() => SignedLedger.Read(lines, _history.Receipt));
    }

    [Fact]
    public void A_line_with_anothers_number_is_found_even_when_it_follows()
    {
        var chain = new LedgerChain(_heads[4].Entries, _heads[4].Head);
        var entry = LedgerJson.ReadEntry(_history.Lines[5].Span);

        AssertBroken(() => chain.Take(LedgerJson.Write(entry with { Seq = entry.Seq + 1 })));
        Assert.Equal(entry, chain.Take(LedgerJson.Write(entry)), (a, b) => a!.Seq == b!.Seq);
    }

    [Fact]
    public void A_flip_in_the_last_line_is_found_by_the_signature()
    {
        for (var place = 0; place < _history.Lines[^1].Length; place++)
        {
            var lines = _history.Lines.ToList();
            var line = lines[^1].ToArray();
            line[place] ^= 0x01;
            lines[^1] = line;

            AssertBroken(() => SignedLedger.Read(lines.TakeLast(1), _history.Receipt, _heads[^2]));
        }
    }

    [Fact]
    public void A_line_taken_out_swapped_doubled_or_cut_off_is_found_wherever_it_is()
    {
        var receipt = _history.Receipt;
        for (var at = 1; at < _history.Lines.Count; at++)
        {
            var (before, rest) = (_heads[at - 1], _history.Lines[at..]);
            AssertBroken(() => SignedLedger.Read(rest.Skip(1), receipt, before));
            AssertBroken(() => SignedLedger.Read([rest[0], .. rest], receipt, before));
            AssertBroken(() => SignedLedger.Read(_history.Lines[..at], receipt));
            if (rest.Count > 1)
            {
                AssertBroken(() => SignedLedger.Read([rest[1], rest[0], .. rest[2..]], receipt, before));
            }
        }
    }

    [Fact]
    public void A_history_written_anew_does_not_go_on_from_a_kept_head_and_a_forged_signature_is_none()
    {
        using var another = SignedHistory.OfPush(1);
        using var foreign = new SignedHistory();

        AssertBroken(() => SignedLedger.Read(another.Lines[3..], another.Receipt, _heads[2]));
        AssertBroken(() => SignedLedger.Read(another.Lines[9..], another.Receipt with { PublicKey = _history.Receipt.PublicKey }, _heads[8]));
        AssertBroken(() => SignedLedger.Read(_history.Lines, foreign.Sign(_heads[^1].Entries, _heads[^1].Head) with { PublicKey = _history.Receipt.PublicKey }));
        AssertBroken(() => SignedLedger.Read(_history.Lines, _history.Receipt with { Entries = Records }));
        AssertBroken(() => SignedLedger.Read([], _history.Receipt));
    }

    private static void AssertBroken(Action read) => Assert.Throws<LedgerBrokenException>(read);
}
