using System.Diagnostics;
using System.Text.Json;
using IuCutter.Agent;
using IuCutter.Agent.Closing;
using IuCutter.Agent.Ledger;
using IuCutter.Agent.Releases;
using IuCutter.Commands;
using IuCutter.Gaps;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Gaps;

/// <summary>The agent's side of a word, with real keys and the real ssh-keygen.</summary>
public sealed class GapClosingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StateDirectory _state;
    private readonly DeployRoot _root;
    private readonly LedgerFile _ledger;
    private readonly LedgerKey _key;
    private readonly GapClosing _closing;
    private int _operations;

    public GapClosingTests()
    {
        _state = StateDirectory.Open(_folder.In("state"));
        _root = DeployRoot.Open(_folder.Make("root"));
        _ledger = LedgerFile.Open(_state.Ledger, TimeProvider.System);
        _key = LedgerKey.OpenOrCreate(_state.Keys);

        // Closing a gap runs no payload.
        var host = new TargetHost(_root, _ledger, _key, null!, _state, TimeProvider.System);
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.In("ann"));
        File.WriteAllText(_folder.In("people"), $"ann@example.org {string.Join(' ', File.ReadAllText(_folder.In("ann.pub")).Split(' ')[..2])}\n");
        _closing = new GapClosing(host, _folder.In("people"));
    }

    public void Dispose()
    {
        _closing.Dispose();
        _key.Dispose();
        _ledger.Dispose();
        _root.Dispose();
        _state.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_word_serves_once_and_for_nothing_else()
    {
        PushWithoutSmoke();
        PushWithoutSmoke("other");
        var word = Word();
        var signature = await SignAsync(word);
        GapWord[] others =
        [
            word with { Host = "another" }, word with { Agent = "SHA256:another" }, word with { Slot = "other", Opened = Opened("other") }, word with { Gap = "no-test", Opened = Opened("app", "no-test") },
            word with { Why = "another" }, word with { At = word.At.AddMilliseconds(1) },
        ];
        foreach (var other in others)
        {
            Assert.Equal(RefusalCode.NotSigned, (await RefusedAsync(other, signature)).Code);
        }

        Assert.Equal(RefusalCode.NotSigned, (await RefusedAsync(word with { Who = "bob@example.org" }, signature)).Code);
        Assert.Equal(RefusalCode.NotFound, (await RefusedAsync(word with { Gap = "no-such" }, signature)).Code);
        Assert.Equal(RefusalCode.WrongState, (await RefusedAsync(word with { Opened = word.Opened + 1 }, signature)).Code);

        var line = await _closing.CloseAsync(word, signature, CancellationToken.None);
        Assert.Equal((GapStatus.Closed, line), (Gap().Status, Gap().Last.Line));
        Assert.Equal(RefusalCode.WrongState, (await RefusedAsync(word, signature)).Code);

        PushWithoutSmoke();
        Assert.Equal(GapStatus.Open, Gap().Status);
        Assert.Equal(RefusalCode.WrongState, (await RefusedAsync(word, signature)).Code);
        Assert.Equal(RefusalCode.NotSigned, (await RefusedAsync(word with { Opened = Gap().Opened }, signature)).Code);
    }

    [Theory]
    [InlineData(-16)]
    [InlineData(16)]
    public async Task A_word_of_another_hour_is_refused(int minutes)
    {
        PushWithoutSmoke();
        var word = Word() with { At = TimeProvider.System.GetUtcNow().AddMinutes(minutes) };

        Assert.Equal(RefusalCode.BadRequest, (await RefusedAsync(word, await SignAsync(word))).Code);
    }

    [Fact]
    public async Task A_text_that_could_be_read_in_two_ways_is_not_even_verified()
    {
        PushWithoutSmoke();
        foreach (var word in (GapWord[])[Word() with { Why = "so\nwho bob" }, Word() with { Who = "ann\nwhy none" }, Word() with { Slot = "app\ngap x" }, Word() with { Gap = "" }])
        {
            Assert.Equal(RefusalCode.BadRequest, (await RefusedAsync(word, await SignAsync(word))).Code);
        }

        Assert.Equal(RefusalCode.BadRequest, (await RefusedAsync(Word(), new string('x', SshSignature.MostCharacters + 1))).Code);
        Assert.Equal(RefusalCode.NotSigned, (await RefusedAsync(Word(), "-----BEGIN SSH SIGNATURE-----\nQUJD\n-----END SSH SIGNATURE-----\n")).Code);
    }

    [Fact]
    public async Task Of_two_words_at_once_one_closes_the_gap()
    {
        PushWithoutSmoke();
        var word = Word();
        var signature = await SignAsync(word);

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await Record.ExceptionAsync(() => _closing.CloseAsync(word, signature, CancellationToken.None))));

        Assert.Equal(3, results.OfType<RefusalException>().Count(r => r.Code == RefusalCode.WrongState));
        Assert.Single(Entries().Select(e => e.Event).OfType<LedgerEvent.GapClosed>());
        Assert.Empty(Directory.GetDirectories(_state.Scratch));
    }

    private GapWord Word() => _closing.Word("app", "no-smoke", Opened("app"), "ann@example.org", "looked by hand", DateTimeOffset.UnixEpoch.AddMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));

    private long Opened(string slot, string gap = "no-smoke") => GapRegister.Of(slot, Entries()).Gaps.Single(g => g.Id == gap).Opened;

    private GapRecord Gap() => GapRegister.Of("app", Entries()).Gaps.Single(g => g.Id == "no-smoke");

    private IEnumerable<LedgerEntry> Entries() => _ledger.LastLines(0).Select(l => LedgerJson.ReadEntry(l.Span));

    private Task<string> SignAsync(GapWord word) => SshSignature.SignAsync(word.Text, GapWord.Namespace, _folder.In("ann"), CancellationToken.None);

    private async Task<RefusalException> RefusedAsync(GapWord word, string signature)
    {
        var before = _ledger.Head;
        var refusal = await Assert.ThrowsAsync<RefusalException>(() => _closing.CloseAsync(word, signature, CancellationToken.None));
        Assert.Equal(before, _ledger.Head);
        return refusal;
    }

    private void PushWithoutSmoke(string slot = "app")
    {
        var operation = $"op-{++_operations}";
        _ledger.Append(operation, new LedgerEvent.OperationBegun("push", slot, "me@here", "r1", new LedgerEvent.PushSubject("c", "m", "tar", "a", "r", "main", JsonElement.Parse("{}"))), durable: false);
        _ledger.Append(operation, new LedgerEvent.CheckMade(GateId.G6, GapLedger.NotRun("G6.smoke", "no-smoke")), durable: false);
        _ledger.Append(operation, new LedgerEvent.CheckMade(GateId.G5, GapLedger.NotRun("G5.test", "no-test")), durable: false);
        _ledger.Append(operation, new LedgerEvent.OperationEnded(Verdict.B, "it ended", [], null, null), durable: false);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
