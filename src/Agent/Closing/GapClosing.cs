using IuCutter.Agent.Serving;
using IuCutter.Commands;
using IuCutter.Gaps;
using IuCutter.Ledgers;
using IuCutter.Manifests;

namespace IuCutter.Agent.Closing;

/// <summary>Takes a named person's word that a gap is closed, if the person's key has signed exactly that.</summary>
/// <param name="people">The operator's allowed-signers file; null where there is none.</param>
public sealed class GapClosing(TargetHost host, string? people) : IDisposable
{
    private static readonly TimeSpan ClockTrust = TimeSpan.FromMinutes(15);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>What the person signed, with this target's own name and key in it: a word for another target has another text.</summary>
    public GapWord Word(string slot, string gap, long opened, string who, string why, DateTimeOffset at) =>
        new(Environment.MachineName, host.Key.Fingerprint, slot, gap, opened, who, why, at);

    /// <returns>The number of the ledger line that says so.</returns>
    /// <exception cref="RefusalException">There is no such gap, it is not as the word says, or the person has not signed this.</exception>
    public async Task<long> CloseAsync(GapWord word, string signature, CancellationToken cancellationToken)
    {
        Check(word, signature);
        if (people is null)
        {
            throw new RefusalException(
                RefusalCode.NoPeople, "this agent knows no person's key, so nobody's word closes a gap here", "start it with --people FILE, an allowed-signers file as ssh-keygen(1) describes it; or let the check that the gap names close it");
        }

        // Two words for one gap: the second must see the first.
        await _one.WaitAsync(cancellationToken);
        try
        {
            MustBeOpen(word);
            var key = await VerifyAsync(word, signature, people, cancellationToken);
            return host.Ledger.Append("", new LedgerEvent.GapClosed(word, signature, key), durable: true).Entry.Seq;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private void Check(GapWord word, string signature)
    {
        Require(ReleaseName.IsValid(word.Slot), "a slot must be named", "name it with --slot; `iucutter status` lists them");
        Require(ReleaseName.IsValid(word.Gap), "a gap must be named", $"`iucutter gaps --slot {word.Slot}` lists them");
        Require(GapWord.WhoRefusal(word.Who) is null, $"the person's name cannot stand in a signed text: {GapWord.WhoRefusal(word.Who)}", "name who signs with --as, as the target's allowed-signers file does");
        Require(GapWord.WhyRefusal(word.Why) is null, $"the reason cannot be signed: {GapWord.WhyRefusal(word.Why)}", "say why with --why");
        Require(signature.Length is > 0 and <= SshSignature.MostCharacters, "there is no signature", "sign with `iucutter gaps close`");
        var now = host.Time.GetUtcNow();
        Require(
            (now - word.At).Duration() <= ClockTrust,
            $"it was signed at {word.At:yyyy-MM-dd HH:mm:ss} UTC, which is more than {ClockTrust.TotalMinutes:0} minutes from this target's {now:yyyy-MM-dd HH:mm:ss} UTC",
            "sign anew; if it was just signed, set the clocks of both hosts right");
    }

    private void MustBeOpen(GapWord word)
    {
        var register = GapRegister.Of(word.Slot, host.Ledger.LastLines(0).Select(l => LedgerJson.ReadEntry(l.Span)));
        var gap = register.Gaps.FirstOrDefault(g => g.Id == word.Gap)
            ?? throw new RefusalException(RefusalCode.NotFound, $"slot {word.Slot} has no gap {word.Gap}", $"`iucutter gaps --slot {word.Slot} --all` lists them");
        if (gap.Status == GapStatus.Closed)
        {
            throw new RefusalException(RefusalCode.WrongState, $"gap {word.Gap} is closed already, by ledger line {gap.Last.Line}: {gap.Last.What}", "nothing needs to be done");
        }

        if (gap.Opened != word.Opened)
        {
            throw new RefusalException(
                RefusalCode.WrongState, $"the word is for the gap {word.Gap} that line {word.Opened} opened; what is open now was opened by line {gap.Opened}", $"look at it with `iucutter gaps --slot {word.Slot} --all`, and sign anew");
        }
    }

    private async Task<string> VerifyAsync(GapWord word, string signature, string file, CancellationToken cancellationToken)
    {
        // Read anew each time: who is struck from the file has no word from then on.
        var known = OperatorFile.Read(file, "list of people", "--people");
        try
        {
            return await SshSignature.VerifyAsync(word.Text, GapWord.Namespace, signature, word.Who, known, host.State.Scratch, cancellationToken);
        }
        catch (SshSignatureException missing) when (missing.InnerException is not null)
        {
            throw new RefusalException(RefusalCode.TargetFault, missing.Message, "install openssh-client on the target");
        }
        catch (SshSignatureException wrong)
        {
            throw new RefusalException(
                RefusalCode.NotSigned,
                $"{word.Who} has not signed that gap {word.Gap} of slot {word.Slot} on {word.Host} is closed: {wrong.Message}",
                $"sign with a key that {file} on the target names for {word.Who}, and for namespace {GapWord.Namespace} where it names any");
        }
    }

    private static void Require(bool holds, string message, string next)
    {
        if (!holds)
        {
            throw new RefusalException(RefusalCode.BadRequest, message, next);
        }
    }
}
