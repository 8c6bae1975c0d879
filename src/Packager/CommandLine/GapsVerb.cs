using System.CommandLine;
using IuCutter.Gaps;
using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

internal static class GapsVerb
{
    private const string WhichSlot = "The slot (else slot in iucutter.yaml, else the target's only one)";

    public static Verb Make(Surroundings here)
    {
        var (target, slot, json) = (Asks.Target(), Asks.Slot(WhichSlot), Asks.Json());
        var all = new Option<bool>("--all", "-a") { Description = "The closed ones too, and every gap's history" };
        return new Verb(
                "gaps",
                "Shows what is known to be missing of a slot: derived from the target's signed ledger, closed by evidence or by a person's word, never by omission.",
                "iucutter gaps --slot iu-cutter-v0.6",
                "iucutter gaps --all --json",
                "iucutter gaps close no-live-dsn --why 'proved by hand, ticket 4711' --key ~/.ssh/id_ed25519 --as ann@example.org")
            .With(target, slot, all, json, Close(here))
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: true, here, cancellation);
                var register = await SlotLedger.GapsAsync(await reach.SlotAsync(cancellation), reach.Target, here, cancellation);
                if (!parsed.GetValue(json))
                {
                    GapTexts.Show(register, parsed.GetValue(all), here.Screen);
                    return ExitCode.Passed;
                }

                var lines = new JsonLines(here.Out);
                foreach (var gap in register.Gaps.Where(g => parsed.GetValue(all) || g.Status != GapStatus.Closed))
                {
                    GapTexts.Write(gap, register.Slot, lines);
                }

                return ExitCode.Passed;
            });
    }

    private static Verb Close(Surroundings here)
    {
        var (target, slot, json) = (Asks.Target(), Asks.Slot(WhichSlot), Asks.Json());
        var gap = new Argument<string>("ID") { Description = "The gap" };
        var why = new Option<string>("--why") { Description = "Why it is closed, in one line", HelpName = "TEXT", Required = true };
        var key = new Option<string>("--key", "-k") { Description = "Your own ssh key: the file of a private key, or of a public one whose private half your ssh agent holds", HelpName = "FILE", Required = true };
        var who = new Option<string>("--as") { Description = "You, as the target's allowed-signers file names you", HelpName = "NAME", Required = true };
        return new Verb(
                "close",
                "Closes a gap by your signed word. It stands in the ledger with your name, your reason and your signature.",
                "iucutter gaps close no-live-dsn --why 'proved by hand, ticket 4711' --key ~/.ssh/id_ed25519 --as ann@example.org")
            .With(gap, why, key, who, target, slot, json)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: true, here, cancellation);
                var (word, line) = await new GapClosure(reach.Target, here).CloseAsync(
                    await reach.SlotAsync(cancellation),
                    parsed.GetRequiredValue(gap),
                    parsed.GetRequiredValue(who),
                    parsed.GetRequiredValue(why),
                    Path.GetFullPath(parsed.GetRequiredValue(key), here.Folder),
                    cancellation);
                if (parsed.GetValue(json))
                {
                    new JsonLines(here.Out).Write(members =>
                    {
                        members.WriteString("slot", word.Slot);
                        members.WriteString("id", word.Gap);
                        members.WriteString("status", GapStatus.Closed.Word());
                        members.WriteString("who", word.Who);
                        members.WriteNumber("line", line);
                    });
                }
                else
                {
                    here.Screen.Line(SafeText.Line($"gap {word.Gap} of slot {word.Slot} on {word.Host} is closed by the word of {word.Who}, ledger line {line}"));
                }

                return ExitCode.Passed;
            });
    }
}
