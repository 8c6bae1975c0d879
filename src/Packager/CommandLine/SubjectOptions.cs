using System.CommandLine;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Planning;
using IuCutter.Packager.Pushing;

namespace IuCutter.Packager.CommandLine;

/// <summary>The options that say what is to be released, and where: a push and the plan of one take the same.</summary>
internal sealed class SubjectOptions
{
    private readonly Argument<string> _commit = Asks.Commit();
    private readonly Option<string> _repository = Asks.Repository();
    private readonly Option<string?> _target = Asks.Target();
    private readonly Option<string?> _name = Asks.Name();
    private readonly Option<string?> _slot = Asks.Slot("The slot (else slot in iucutter.yaml, else the release's name)");
    private readonly Option<string?> _manifest = new("--manifest", "-m") { Description = "The artifact's manifest (else the file beside it with .manifest at its end)", HelpName = "FILE" };
    private readonly Option<string?> _digest = new("--sha256") { Description = "The artifact's sha256, as whoever packed it says", HelpName = "HEX" };

    private readonly Option<bool> _noSourceTests = new("--no-source-tests")
    {
        Description = "Runs the tests on the target only; their count then has no match, which is a gap",
    };

    private readonly Option<string[]> _without = new("--without")
    {
        Description = $"Leaves a part out, as a gap with your name in the ledger: {string.Join(", ", PushSubject.Parts)}; can be given again",
        HelpName = "PART",
    };

    private readonly Option<string?> _artifact = new("--artifact")
    {
        Description = "Releases a tar or bundle that `iucutter pack` wrote on another host, with its manifest, instead of a commit here",
        HelpName = "FILE",
    };

    public SubjectOptions() => _without.AcceptOnlyFromAmong([.. PushSubject.Parts]);

    public Symbol[] All => [_commit, _repository, _target, _slot, _name, _without, _noSourceTests, _artifact, _manifest, _digest];

    /// <summary>The push that does what was planned with these options: it needs the same ones, wherever it is typed.</summary>
    public string PushBy(LockedPlan plan, ParseResult parsed, Target target, Surroundings here)
    {
        List<string> words = ["--plan", plan.Path];
        string[] places = parsed.GetValue(_artifact) is { } artifact
            ? ["--artifact", artifact, .. parsed.GetValue(_manifest) is { } manifest ? ["--manifest", manifest] : (string[])[]]
            : ["--repo", parsed.GetRequiredValue(_repository)];
        words.AddRange(places.Select((word, i) => i % 2 == 0 ? word : Path.GetFullPath(word, here.Folder)));
        words.AddRange(parsed.GetValue(_digest) is { } digest ? ["--sha256", digest] : []);
        words.AddRange((parsed.GetValue(_without) ?? []).SelectMany(part => (string[])["--without", part]));
        words.AddRange(parsed.GetValue(_noSourceTests) ? ["--no-source-tests"] : []);
        return TypedCommand.On($"iucutter push {string.Join(' ', words.Select(TypedCommand.Word))}", target.Address)!;
    }

    /// <summary>Reads what is to be released, and hands it over with its target while both are open.</summary>
    /// <param name="plan">Says what the command line does not: commit, name and slot.</param>
    public async Task<ExitCode> RunAsync(
        ParseResult parsed, LockedPlan? plan, Surroundings here, Func<PushSubject, PushAsk, Target, Task<ExitCode>> work, CancellationToken cancellation)
    {
        var namesCommit = parsed.GetResult(_commit) is { Implicit: false };
        var ask = new PushAsk(
            parsed.GetRequiredValue(_repository),
            !namesCommit && plan is not null ? plan.Plan.Commit : parsed.GetRequiredValue(_commit),
            parsed.GetValue(_name) ?? plan?.Name,
            parsed.GetValue(_slot) ?? plan?.Plan.Slot,
            parsed.GetValue(_without) ?? [],
            SourceTests: !parsed.GetValue(_noSourceTests));
        var carried = new CarriedAsk(parsed.GetValue(_artifact), parsed.GetValue(_manifest), parsed.GetValue(_digest));
        var asked = TargetChoice.Asked(parsed.GetValue(_target), here);

        // A way that takes its time is made while the source is read.
        var target = asked is null ? null : new Target(asked, here);
        _ = target?.GreetAsync(cancellation);
        try
        {
            await using var source = await carried.OpenAsync(ask, namesCommit, parsed.GetResult(_repository) is { Implicit: false }, here, cancellation);
            var subject = await PushSubject.ReadAsync(source, ask, cancellation);
            target ??= new Target(TargetChoice.OrDefault(asked, subject.Target), here);
            return await work(subject, ask, target);
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
