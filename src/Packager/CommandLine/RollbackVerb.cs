using IuCutter.Packager.Following;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.CommandLine;

internal static class RollbackVerb
{
    public static Verb Make(Surroundings here)
    {
        var (target, slot, json, verbose) = (Asks.Target(), Asks.Slot("The slot (else slot in iucutter.yaml, else the target's only one)"), Asks.Json(), Asks.Verbose());
        var to = new System.CommandLine.Option<string?>("--to") { Description = "A release's id (else the last proved release before the live one)", HelpName = "RELEASE" };
        return new Verb(
                "rollback",
                "Switches a slot back to the last proved release before the live one, or to a release named.",
                "iucutter rollback --slot iu-cutter-v0.6",
                "iucutter rollback --to iu-cutter-3f2a1b0c9d8e-0a1b2c3d4e5f --target ssh://deploy@host.example")
            .With(target, slot, to, json, verbose)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), parsed.GetValue(slot), needsSlot: true, here, cancellation);
                var request = new RollbackRequest
                {
                    Slot = await reach.SlotAsync(cancellation),
                    Release = parsed.GetValue(to) ?? "",
                    RequestedBy = Surroundings.Actor,
                };
                var view = Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here);
                view.Heading($"rollback of slot {request.Slot} to {(request.Release.Length == 0 ? "the last proved release before the live one" : request.Release)} at {reach.Target.Address}");
                await new LedgerMemory(reach.Target, here).CompareAsync(cancellation);
                var reply = await reach.Target.BeginAsync((client, options) => client.RollbackAsync(request, options), cancellation);
                return await OperationRun.FollowAsync(reply.OperationId, reach.Target, view, here, showFrom: 1, cancellation);
            });
    }
}
