using System.CommandLine;
using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

internal static class OperationsVerb
{
    private const uint DefaultLast = 20;

    public static Verb Make(Surroundings here)
    {
        var (target, slot, json) = (Asks.Target(), Asks.Slot("Only this slot's (else every slot's)"), Asks.Json());
        var last = new Option<uint>("--last") { Description = "Only the newest N; 0 for all", HelpName = "N", DefaultValueFactory = _ => DefaultLast };
        return new Verb(
                "operations",
                "Lists what was done on a target, newest first: pushes, smokes and rollbacks, with their verdicts.",
                "iucutter operations --slot iu-cutter-v0.6",
                "iucutter operations --last 0 --json")
            .With(target, slot, last, json)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: false, here, cancellation);
                var operations = await OperationList.ReadAsync(reach.Target, parsed.GetValue(slot), parsed.GetValue(last), cancellation);
                if (parsed.GetValue(json))
                {
                    operations.Write(new JsonLines(here.Out));
                }
                else
                {
                    operations.Show(here.Screen);
                }

                return ExitCode.Passed;
            });
    }
}
