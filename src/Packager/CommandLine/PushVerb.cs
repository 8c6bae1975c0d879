using System.CommandLine;
using IuCutter.Configuration;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Pushing;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

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
        var artifact = new Option<string?>("--artifact") { Description = "Releases a tar or bundle that `iucutter pack` wrote on another host, with its manifest, instead of a commit here", HelpName = "FILE" };
        var manifest = new Option<string?>("--manifest", "-m") { Description = "The artifact's manifest (else the file beside it with .manifest at its end)", HelpName = "FILE" };
        var digest = new Option<string?>("--sha256") { Description = "The artifact's sha256, as whoever packed it says", HelpName = "HEX" };
        var again = new Option<bool>("--again") { Description = "Runs every gate even if this very release is live and proved" };
        return new Verb(
                "push",
                "Releases a commit to the target, gate by gate, beside what is live there.",
                "iucutter push v0.6.0 --target ssh://deploy@host.example",
                "iucutter push --repo ../payload --without smoke",
                "iucutter push --artifact payload.tar --target ssh://deploy@host.example")
            .With(commit, repository, target, slot, name, without, noSourceTests, again, artifact, manifest, digest, json, verbose)
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

                var carried = new CarriedAsk(parsed.GetValue(artifact), parsed.GetValue(manifest), parsed.GetValue(digest));

                var open = (CancellationToken token) => carried.OpenAsync(
                    ask, parsed.GetResult(commit) is { Implicit: false }, parsed.GetResult(repository) is { Implicit: false }, here, token);
                return await RunAsync(ask, open, asked, Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here), here, cancellation);
            });
    }

    private static async Task<ExitCode> RunAsync(
        PushAsk ask, Func<CancellationToken, Task<IReleaseSource>> open, TargetAddress? asked, IOperationView view, Surroundings here, CancellationToken cancellation)
    {
        // A way that takes its time is made while the source is read.
        var target = asked is null ? null : new Target(asked, here);
        _ = target?.GreetAsync(cancellation);
        try
        {
            using var source = await open(cancellation);
            var subject = await PushSubject.ReadAsync(source, ask, cancellation);
            target ??= new Target(TargetChoice.OrDefault(asked, subject.Target), here);
            return await new Push(subject, ask, target, view, here).RunAsync(cancellation);
        }
        finally
        {
            if (target is not null)
            {
                await target.DisposeAsync();
            }
        }
    }
}
