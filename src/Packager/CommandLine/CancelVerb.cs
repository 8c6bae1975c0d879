using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.CommandLine;

internal static class CancelVerb
{
    public static Verb Make(Surroundings here)
    {
        var (operation, target, slot) = (Asks.Operation("An operation's id (else the only one under way)"), Asks.Target(), Asks.Slot("The slot whose operation is meant, instead of its id"));
        var (json, verbose) = (Asks.Json(), Asks.Verbose());
        var why = new System.CommandLine.Option<string>("--why") { Description = "Why, in a sentence, for the ledger", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        return new Verb(
                "cancel",
                "Stops an operation that is under way; what it has begun is undone, and the target measured. Until a push has passed G7, a smoke G6, a rollback G3.",
                "iucutter cancel --slot iu-cutter-v0.6 --target ssh://deploy@host.example",
                "iucutter cancel op-20260102-030405-a1b2c3 --why 'the wrong commit'")
            .With(operation, slot, why, target, json, verbose)
            .Does(async (parsed, cancellation) =>
            {
                if (parsed.GetValue(operation) is not null && parsed.GetValue(slot) is not null)
                {
                    throw CommandException.Usage("an operation and a slot are both named", "name one of them");
                }

                await using var reach = await Reach.ForAsync(parsed.GetValue(target), slotOption: null, needsSlot: false, here, cancellation);
                var named = parsed.GetValue(operation) ?? (parsed.GetValue(slot) is { } held ? await HolderOfAsync(held, reach.Target, cancellation) : "");
                var request = new CancelRequest { OperationId = named, RequestedBy = Surroundings.Actor, Why = parsed.GetValue(why)! };
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
                        TypedCommand.On($"iucutter watch {reply.OperationId}", reach.Target.Address));
                }
            });
    }

    private static async Task<string> HolderOfAsync(string slot, Target target, CancellationToken cancellation)
    {
        var status = await target.GreetAsync(cancellation);
        return status.Slots.FirstOrDefault(s => s.Name == slot) switch
        {
            { HeldBy.Length: > 0 } held => held.HeldBy,
            null => throw CommandException.Usage($"there is no slot {SafeText.Line(slot)}", TypedCommand.InText("`iucutter status` shows the slots", target.Address)),
            _ => throw new CommandException(
                ExitCode.Blocked, "WrongState", $"nothing is under way on slot {SafeText.Line(slot)}", TypedCommand.InText("`iucutter status` shows what is", target.Address)),
        };
    }
}
