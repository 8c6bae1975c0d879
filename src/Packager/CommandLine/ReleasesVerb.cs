using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.CommandLine;

internal static class ReleasesVerb
{
    public static Verb Make(Surroundings here)
    {
        var (target, slot, json) = (Asks.Target(), Asks.Slot("Only this slot's (else every slot's)"), Asks.Json());
        return new Verb(
                "releases",
                "Lists the releases that lie on a target, newest first.",
                "iucutter releases --slot iu-cutter-v0.6",
                "iucutter releases --json")
            .With(target, slot, json)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: false, here, cancellation);
                var request = new ListReleasesRequest { Slot = parsed.GetValue(slot) ?? "" };
                var reply = await reach.Target.AskAsync((client, options) => client.ListReleasesAsync(request, options), cancellation);
                if (parsed.GetValue(json))
                {
                    TargetReports.Write(reply.Releases, new JsonLines(here.Out));
                }
                else
                {
                    TargetReports.Show(reply.Releases, here.Screen);
                }

                return ExitCode.Passed;
            });
    }
}
