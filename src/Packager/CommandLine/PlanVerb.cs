using System.CommandLine;
using IuCutter.Packager.Planning;
using IuCutter.Plans;

namespace IuCutter.Packager.CommandLine;

internal static class PlanVerb
{
    public static Verb Make(Surroundings here)
    {
        var (options, json, verbose) = (new SubjectOptions(), Asks.Json(), Asks.Verbose());
        var output = new Option<string?>("--output", "-o") { Description = "Where the plan goes (else a file of its own among your state, outside of the repository)", HelpName = "FILE" };
        var life = Asks.Life("How long the plan is good for (else 24h)");
        return new Verb(
                "plan",
                "Writes what a push would do to the target now, to be looked at, approved, and then done exactly so; begins nothing.",
                "iucutter plan v0.6.0 --target ssh://deploy@host.example",
                "iucutter plan -o next.plan --for 4h")
            .With([.. options.All, output, life, json, verbose])
            .Does((parsed, cancellation) =>
            {
                var file = parsed.GetValue(output) is { } named ? Asks.Place(named, "--output", here)
                    : UserFolders.State(here) is not null ? null
                    : throw CommandException.Usage("you have no home to keep the plan in", "name a file with --output, outside of the repository");
                var view = Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here);
                return options.RunAsync(
                    parsed,
                    plan: null,
                    here,
                    async (subject, ask, target) =>
                    {
                        var plan = await new PlanMaking(subject, ask, target, view, here).RunAsync(file, Asks.ReadLife(parsed.GetValue(life), ReleasePlan.LongestLife), cancellation);
                        PlanText.Say(plan, options.PushBy(plan, parsed, target, here), parsed.GetValue(json), here);
                        return ExitCode.Passed;
                    },
                    cancellation);
            });
    }
}
