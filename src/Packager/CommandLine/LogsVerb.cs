using System.CommandLine;
using IuCutter.Packager.Following;

namespace IuCutter.Packager.CommandLine;

internal static class LogsVerb
{
    private const int DefaultLast = 200;

    public static Verb Make(Surroundings here)
    {
        var (operation, target, json) = (Asks.Operation(), Asks.Target(), Asks.Json());
        operation.Description = "An operation's id (else every operation's lines)";
        var check = new Option<string?>("--check") { Description = "Writes the kept output of this check, e.g. G5.test.1, as it was", HelpName = "ID" };
        var last = new Option<uint?>("--last") { Description = $"Only the newest N lines; 0 for all (else {DefaultLast}, or all of the operation named)", HelpName = "N" };
        return new Verb(
                "logs",
                "Shows the target's ledger, or with --check what one check's command printed.",
                "iucutter logs --last 50",
                "iucutter logs op-20260102-030405-a1b2c3 --check G5.test.1")
            .With(operation, check, last, target, json)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), slotOption: null, needsSlot: false, here, cancellation);
                var id = parsed.GetValue(operation) ?? "";
                var logs = new LedgerLogs(reach.Target, here);
                return parsed.GetValue(check) is { } wanted
                    ? await logs.WriteOutputAsync(id, wanted, cancellation)
                    : await logs.ShowAsync(id, parsed.GetValue(last) ?? (id.Length == 0 ? DefaultLast : 0u), parsed.GetValue(json), cancellation);
            });
    }
}
