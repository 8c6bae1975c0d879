using IuCutter.Packager.Following;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.CommandLine;

internal static class SmokeVerb
{
    public static Verb Make(Surroundings here)
    {
        var (target, slot, json, verbose) = (Asks.Target(), Asks.Slot("The slot (else slot in iucutter.yaml, else the target's only one)"), Asks.Json(), Asks.Verbose());
        var release = new System.CommandLine.Option<string?>("--release") { Description = "A release's id (else the live one)", HelpName = "RELEASE" };
        return new Verb(
                "smoke",
                "Runs the smoke of the live release on the target, and changes nothing.",
                "iucutter smoke --slot iu-cutter-v0.6 --target ssh://deploy@host.example")
            .With(target, slot, release, json, verbose)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: true, here, cancellation);
                var request = new SmokeRequest
                {
                    Slot = await reach.SlotAsync(cancellation),
                    Release = parsed.GetValue(release) ?? "",
                    RequestedBy = Surroundings.Actor,
                };
                var view = Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here);
                view.Heading($"smoke of {(request.Release.Length == 0 ? "the live release" : request.Release)} in slot {request.Slot} at {reach.Target.Address}");
                await new LedgerMemory(reach.Target, here).CompareAsync(cancellation);
                var reply = await reach.Target.BeginAsync((client, options) => client.SmokeAsync(request, options), cancellation);
                return await OperationRun.FollowAsync(reply.OperationId, reach.Target, view, here, showFrom: 1, cancellation);
            });
    }
}
