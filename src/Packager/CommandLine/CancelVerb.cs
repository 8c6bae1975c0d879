using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.CommandLine;

internal static class CancelVerb
{
    public static Verb Make(Surroundings here)
    {
        var (operation, target, json, verbose) = (Asks.Operation("An operation's id (else the only one under way)"), Asks.Target(), Asks.Json(), Asks.Verbose());
        var why = new System.CommandLine.Option<string>("--why") { Description = "Why, in a sentence, for the ledger", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        return new Verb(
                "cancel",
                "Stops an operation that is under way; what it has begun is undone, and the target measured. Until a push has passed G7, a smoke G6, a rollback G3.",
                "iucutter cancel --target ssh://deploy@host.example",
                "iucutter cancel op-20260102-030405-a1b2c3 --why 'the wrong commit'")
            .With(operation, why, target, json, verbose)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), slotOption: null, needsSlot: false, here, cancellation);
                var request = new CancelRequest { OperationId = parsed.GetValue(operation) ?? "", RequestedBy = Surroundings.Actor, Why = parsed.GetValue(why)! };
                var reply = await reach.Target.AskAsync((client, options) => client.CancelAsync(request, options), cancellation);
                var view = Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here);
                view.Heading($"cancelling {reply.Kind} {SafeText.Line(reply.OperationId)} on slot {SafeText.Line(reply.Slot)} at {reach.Target.Address}");
                try
                {
                    var exit = await OperationRun.FollowAsync(reply.OperationId, reach.Target, view, here, showFrom: 1, cancellation);

                    // Blocked, and nothing changed, is what was asked for.
                    return exit == ExitCode.Blocked ? ExitCode.Passed : exit;
                }
                catch (CommandException) when (cancellation.IsCancellationRequested)
                {
                    throw new CommandException(
                        ExitCode.Interrupted,
                        "DETACHED",
                        $"detached: {reply.Kind} {reply.OperationId} was asked to stop, will not pass, and undoes what it has begun",
                        $"iucutter watch {reply.OperationId} --target {reach.Target.Address}");
                }
            });
    }
}
