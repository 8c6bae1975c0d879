using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.CommandLine;

internal static class StatusVerb
{
    public static Verb Make(Surroundings here)
    {
        var (target, slot, json) = (Asks.Target(), Asks.Slot("Only this slot"), Asks.Json());
        return new Verb(
                "status",
                "Says what a target is, what is live in each slot, and where a rollback would go.",
                "iucutter status --target ssh://deploy@host.example",
                "iucutter status --json")
            .With(target, slot, json)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: false, here, cancellation);
                var status = await reach.Target.AskAsync((client, options) => client.GetStatusAsync(new StatusRequest(), options), cancellation);
                var only = parsed.GetValue(slot);
                var slots = status.Slots.Where(s => only is null || s.Name == only).ToList();
                if (only is not null && slots.Count == 0)
                {
                    var known = status.Slots.Count == 0 ? "it has none yet" : "it has " + string.Join(", ", status.Slots.Select(s => SafeText.Line(s.Name)));
                    throw CommandException.Usage($"{reach.Target.Address} has no slot '{only}'; {known}");
                }

                if (parsed.GetValue(json))
                {
                    TargetReports.Write(status, reach.Target.Address, slots, new JsonLines(here.Out));
                }
                else
                {
                    TargetReports.Show(status, reach.Target.Address, slots, here.Screen);
                }

                return ExitCode.Passed;
            });
    }
}
