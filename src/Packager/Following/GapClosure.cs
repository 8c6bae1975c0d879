using IuCutter.Commands;
using IuCutter.Gaps;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>A person's word that a gap is closed: looked up, signed with the person's own key, handed to the agent.</summary>
internal sealed class GapClosure(Target target, Surroundings here)
{
    /// <param name="key">The person's ssh key file.</param>
    /// <returns>What was signed, and the ledger line that it became.</returns>
    /// <exception cref="CommandException">There is no such open gap, the key does not sign, or the agent does not take the word.</exception>
    public async Task<(GapWord Word, ulong Line)> CloseAsync(string slot, string id, string who, string why, string key, CancellationToken cancellation)
    {
        Check(who, why, key);
        var gap = await FindAsync(slot, id, cancellation);
        var status = await target.GreetAsync(cancellation);
        var now = DateTimeOffset.UnixEpoch.AddMilliseconds(here.Time.GetUtcNow().ToUnixTimeMilliseconds());
        var word = new GapWord(status.Host, LedgerReceipt.FingerprintOf((status.Ledger?.PublicKey ?? Google.Protobuf.ByteString.Empty).Span), slot, id, gap.Opened, who, why, now);
        var request = new CloseGapRequest
        {
            Slot = slot,
            Gap = id,
            Opened = (ulong)gap.Opened,
            Who = who,
            Why = why,
            SignedUnixMs = now.ToUnixTimeMilliseconds(),
            Signature = await SignAsync(word, key, cancellation),
        };
        var reply = await target.AskAsync((client, options) => client.CloseGapAsync(request, options), cancellation);
        return (word, reply.Line);
    }

    private static void Check(string who, string why, string key)
    {
        if (GapWord.WhoRefusal(who) is { } wrongWho)
        {
            throw CommandException.Usage($"--as '{SafeText.Line(who)}': {wrongWho}", "name yourself as the target's allowed-signers file does");
        }

        if (GapWord.WhyRefusal(why) is { } wrongWhy)
        {
            throw CommandException.Usage($"--why '{SafeText.Line(why)}': {wrongWhy}");
        }

        if (!File.Exists(key))
        {
            throw CommandException.Usage($"there is no key at '{key}'", "name your own ssh key with --key; `ssh-keygen -t ed25519` makes one");
        }
    }

    private async Task<GapRecord> FindAsync(string slot, string id, CancellationToken cancellation)
    {
        var register = await SlotLedger.GapsAsync(slot, target, here, cancellation);
        var open = register.Gaps.Where(g => g.Status != GapStatus.Closed).Select(g => g.Id).ToList();
        return register.Gaps.FirstOrDefault(g => g.Id == id) switch
        {
            null => throw CommandException.Usage(
                $"slot {slot} has no gap '{SafeText.Line(id)}'", open.Count == 0 ? "it has none that is open" : $"it has {SafeText.Line(string.Join(", ", open))}"),
            { Status: GapStatus.Closed, Last: var last } => throw new CommandException(
                ExitCode.Blocked, "WrongState", SafeText.Line($"gap {id} is closed already, by ledger line {last.Line}: {last.What}"), "nothing needs to be done"),
            var gap => gap,
        };
    }

    private static async Task<string> SignAsync(GapWord word, string key, CancellationToken cancellation)
    {
        try
        {
            return await SshSignature.SignAsync(word.Text, GapWord.Namespace, key, cancellation);
        }
        catch (SshSignatureException wrong)
        {
            throw new CommandException(ExitCode.Failed, "SIGNING_FAILED", SafeText.Line(wrong.Message), "name a private key that ssh-keygen can read, or a public one whose private half your ssh agent holds", wrong);
        }
    }
}
