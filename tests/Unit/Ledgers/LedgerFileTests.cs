using System.Text;
using IuCutter.Agent.Ledger;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Ledgers;

public sealed class LedgerFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Lines => _folder.In("ledger.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_appended_is_there_after_a_new_start_and_the_chain_goes_on()
    {
        Fill(3);
        using (var ledger = Open())
        {
            Assert.Equal(3, ledger.Head.Entries);
            ledger.Append("op-2", new LedgerEvent.ReleaseProved("app", "r2"), durable: true);
        }

        var chain = new LedgerChain();
        Assert.All(File.ReadAllLines(Lines), line => chain.Take(Encoding.UTF8.GetBytes(line)));
        Assert.Equal(4, chain.Entries);
    }

    [Fact]
    public void A_torn_last_line_is_set_aside_at_every_length_and_nothing_else_is_lost()
    {
        Fill(3);
        var whole = File.ReadAllBytes(Lines);
        var lastStart = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (var cut = lastStart + 1; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(Lines, whole[..cut]);
            using (var ledger = Open())
            {
                Assert.Equal(2, ledger.Head.Entries);
            }

            Assert.Equal(whole[..lastStart], File.ReadAllBytes(Lines));
        }

        Assert.NotEmpty(Directory.GetFiles(_folder.Path, "*.torn"));
    }

    [Fact]
    public void What_a_power_cut_left_of_lines_that_were_not_flushed_is_set_aside_with_its_zeros()
    {
        Fill(2);
        var flushed = File.ReadAllBytes(Lines);
        using (var ledger = Open())
        {
            for (var i = 0; i < 20; i++)
            {
                ledger.Append("op-1", new LedgerEvent.GateBegun(GateId.G4, "target host"), durable: false);
            }

            ledger.Append("op-1", new LedgerEvent.ReleaseProved("app", "r2"), durable: true);
        }

        var whole = File.ReadAllBytes(Lines);
        for (var lost = flushed.Length; lost + 300 < whole.Length; lost += 300)
        {
            File.WriteAllBytes(Lines, [.. whole[..lost], .. new byte[300], .. whole[(lost + 300)..]]);
            using (var ledger = Open())
            {
                Assert.InRange(ledger.Head.Entries, 2, 22);
            }

            Assert.True(whole.AsSpan(0, lost).StartsWith(File.ReadAllBytes(Lines)));
        }

        Assert.Contains(Directory.GetFiles(_folder.Path, "*.torn"), f => File.ReadAllBytes(f).AsSpan().EndsWith(whole.AsSpan(whole.Length - 50)));
    }

    [Fact]
    public void Zeros_before_a_line_that_had_been_flushed_are_no_power_cut()
    {
        Fill(4);
        var whole = File.ReadAllBytes(Lines);
        whole[20] = 0;
        File.WriteAllBytes(Lines, whole);

        var broken = Assert.Throws<LedgerBrokenException>(() => Open().Dispose());

        Assert.Contains("holds zeros", broken.Message, StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllBytes(Lines));
    }

    [Fact]
    public void Every_changed_byte_of_a_whole_line_is_found()
    {
        Fill(3);
        var whole = File.ReadAllBytes(Lines);

        // The newlines' own bytes make lines longer; the last one's makes a torn tail, which is not an edit.
        for (var at = 0; at < whole.Length - 1; at++)
        {
            var edited = (byte[])whole.Clone();
            edited[at] ^= 1;
            File.WriteAllBytes(Lines, edited);

            var isInLastLine = at > whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n');
            if (!isInLastLine)
            {
                Assert.Throws<LedgerBrokenException>(() => Open().Dispose());
            }
        }
    }

    [Fact]
    public void A_line_removed_or_moved_is_found()
    {
        Fill(4);
        var lines = File.ReadAllLines(Lines);
        string[][] edits = [[lines[1], lines[2], lines[3]], [lines[0], lines[2], lines[3]], [lines[0], lines[2], lines[1], lines[3]], [.. lines, lines[3]]];
        Assert.All(edits, edit =>
        {
            File.WriteAllLines(Lines, edit);
            Assert.Throws<LedgerBrokenException>(() => Open().Dispose());
        });
    }

    [Fact]
    public void A_release_that_is_pushed_again_goes_back_to_what_was_live_before_it()
    {
        using var ledger = Open();
        Promote(ledger, "r0", null, isProved: true);
        Promote(ledger, "r1", "r0", isProved: true);
        Promote(ledger, "r2", "r1", isProved: true);
        Promote(ledger, "r1", "r2", isProved: true);
        Assert.Equal("r2", ledger.History("app").RollbackRelease);

        Promote(ledger, "r1", "r1", isProved: true);
        Assert.Equal("r2", ledger.History("app").RollbackRelease);

        ledger.Append("op", new LedgerEvent.SlotSwitched("app", "r2", "r1", "rollback"), durable: false);
        Assert.Equal("r0", ledger.History("app").RollbackRelease);
    }

    [Fact]
    public void A_slots_history_follows_promotions_undoings_and_rollbacks()
    {
        using var ledger = Open();
        Assert.Null(ledger.History("app").Live);
        Promote(ledger, "r1", null, isProved: true);
        Promote(ledger, "r2", "r1", isProved: true);
        Promote(ledger, "r3", "r2", isProved: false);
        ledger.Append("op", new LedgerEvent.SlotSwitched("app", "r2", "r3", "undo"), durable: false);
        Assert.Equal(("r2", "r1"), (ledger.History("app").Live, ledger.History("app").RollbackRelease));

        ledger.Append("op", new LedgerEvent.SlotSwitched("app", "r1", "r2", "rollback"), durable: false);
        Assert.Equal(("r1", null), (ledger.History("app").Live, ledger.History("app").RollbackRelease));
        Assert.True(ledger.History("app").IsProved("r2"));
        Assert.False(ledger.History("app").IsProved("r3"));

        ledger.Append("op", new LedgerEvent.SlotSwitched("app", "r2", "r1", "rollback"), durable: false);
        Assert.Equal(("r2", "r1"), (ledger.History("app").Live, ledger.History("app").RollbackRelease));
        ledger.Append("", new LedgerEvent.ReleaseRemoved("r1", "old"), durable: false);
        Assert.Null(ledger.History("app").RollbackRelease);
        Assert.Null(ledger.History("other").Live);
    }

    [Fact]
    public void A_receipt_verifies_with_its_own_key_only_and_for_its_own_head_only()
    {
        using var key = LedgerKey.OpenOrCreate(_folder.Path);
        using var again = LedgerKey.OpenOrCreate(_folder.Path);
        var receipt = key.Sign(7, new string('a', 64));

        Assert.True(receipt.Verifies());
        Assert.Equal(receipt.PublicKey, again.Sign(7, receipt.Head).PublicKey);
        Assert.False((receipt with { Entries = 8 }).Verifies());
        Assert.False((receipt with { Head = new string('b', 64) }).Verifies());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.In("ledger.pem")));
    }

    private static void Promote(LedgerFile ledger, string release, string? previous, bool isProved)
    {
        ledger.Append("op", new LedgerEvent.SlotSwitched("app", release, previous, "promote"), durable: false);
        if (isProved)
        {
            ledger.Append("op", new LedgerEvent.ReleaseProved("app", release), durable: false);
        }
    }

    private LedgerFile Open() => LedgerFile.Open(_folder.Path, TimeProvider.System);

    private void Fill(int lines)
    {
        using var ledger = Open();
        for (var i = 0; i < lines; i++)
        {
            ledger.Append("op-1", new LedgerEvent.ReleaseStaged("app", $"r{i}", new string('0', 64), 1, 1), durable: false);
        }
    }
}
