using System.CommandLine;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Pushing;

namespace IuCutter.Packager.CommandLine;

internal static class PushVerb
{
    public static Verb Make(Surroundings here)
    {
        var (commit, repository, target, name) = (Asks.Commit(), Asks.Repository(), Asks.Target(), Asks.Name());
        var (slot, json, verbose) = (Asks.Slot("The slot (else slot in iucutter.yaml, else the release's name)"), Asks.Json(), Asks.Verbose());
        var without = new Option<string[]>("--without")
        {
            Description = $"Leaves a part out, as a gap with your name in the ledger: {string.Join(", ", PushSubject.Parts)}; can be given again",
            HelpName = "PART",
        };
        without.AcceptOnlyFromAmong([.. PushSubject.Parts]);
        var noSourceTests = new Option<bool>("--no-source-tests") { Description = "Runs the tests on the target only; their count then has no match, which is a gap" };
        var again = new Option<bool>("--again") { Description = "Runs every gate even if this very release is live and proved" };
        return new Verb(
                "push",
                "Releases a commit to the target, gate by gate, beside what is live there.",
                "iucutter push v0.6.0 --target ssh://deploy@host.example",
                "iucutter push --repo ../payload --without smoke")
            .With(commit, repository, target, slot, name, without, noSourceTests, again, json, verbose)
            .Does(async (parsed, cancellation) =>
            {
                var ask = new PushAsk(
                    parsed.GetRequiredValue(repository),
                    parsed.GetRequiredValue(commit),
                    parsed.GetValue(name),
                    parsed.GetValue(slot),
                    parsed.GetValue(without) ?? [],
                    SourceTests: !parsed.GetValue(noSourceTests),
                    parsed.GetValue(again));
                var asked = TargetChoice.Asked(parsed.GetValue(target), here);
                var subject = await PushSubject.ReadAsync(ask, cancellation);
                await using var reached = new Target(TargetChoice.OrDefault(asked, subject.Target), here);
                return await new Push(subject, ask, reached, Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here), here).RunAsync(cancellation);
            });
    }
}
