using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

internal static class ReadinessVerb
{
    public static Verb Make(Surroundings here)
    {
        var (target, slot, json) = (Asks.Target(), Asks.Slot("The slot (else slot in iucutter.yaml, else the target's only one)"), Asks.Json());
        return new Verb(
                "readiness",
                "Holds the live release against its own enable_when: each condition open or closed, with the evidence that says so. Exit code 0 when all are closed, 3 when one is open.",
                "iucutter readiness --slot iu-cutter-v0.6",
                "iucutter readiness --json")
            .With(target, slot, json)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: true, here, cancellation);
                var list = await SlotLedger.ReadinessAsync(await reach.SlotAsync(cancellation), reach.Target, here, cancellation);
                if (list.Live is null)
                {
                    throw new CommandException(ExitCode.Blocked, "NOTHING_LIVE", $"nothing is live in slot {list.Slot}, so nothing is ready", $"push something first: `iucutter push --slot {list.Slot}`");
                }

                if (list.Conditions.IsEmpty)
                {
                    throw new CommandException(
                        ExitCode.Usage, "NO_CONDITIONS", SafeText.Line($"{list.Live} in slot {list.Slot} names no condition, and none at all is not a pass"), "write enable_when: into iucutter.yaml and push; docs/gaps.md says how");
                }

                if (parsed.GetValue(json))
                {
                    GapTexts.Write(list, new JsonLines(here.Out));
                }
                else
                {
                    GapTexts.Show(list, here.Screen);
                }

                return list.IsReady ? ExitCode.Passed : ExitCode.Blocked;
            });
    }
}
