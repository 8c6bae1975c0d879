namespace IuCutter.Packager.CommandLine;

internal static class WatchVerb
{
    public static Verb Make(Surroundings here)
    {
        var (operation, target, json, verbose) = (Asks.Operation(), Asks.Target(), Asks.Json(), Asks.Verbose());
        var from = new System.CommandLine.Option<long>("--from")
        {
            Description = "The number of the first event to show",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        from.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!long.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out var number) || number < 1))
            {
                result.AddError($"--from takes a number from 1 on, not '{result.Tokens[0].Value}'.");
            }
        });
        return new Verb(
                "watch",
                "Shows an operation from its beginning and follows it to its end. Ctrl-C ends the watching, never the operation.",
                "iucutter watch",
                "iucutter watch op-20260102-030405-a1b2c3 --from 12 --json")
            .With(operation, from, target, json, verbose)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), slotOption: null, needsSlot: false, here, cancellation);
                var view = Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here);
                return await OperationRun.FollowAsync(parsed.GetValue(operation) ?? "", reach.Target, view, here, parsed.GetValue(from), cancellation);
            });
    }
}
