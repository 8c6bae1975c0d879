using System.CommandLine;
using IuCutter.Packager.Planning;
using IuCutter.Packager.Pushing;

namespace IuCutter.Packager.CommandLine;

internal static class PushVerb
{
    public static Verb Make(Surroundings here)
    {
        var (options, json, verbose) = (new SubjectOptions(), Asks.Json(), Asks.Verbose());
        var again = new Option<bool>("--again") { Description = "Runs every gate even if this very release is live and proved" };
        var plan = new Option<string?>("--plan") { Description = "Does exactly what this plan of `iucutter plan` says, or stops with what has drifted", HelpName = "FILE" };
        var approval = new Option<string?>("--approval") { Description = "A person's approval of the plan (else the file beside the plan with .approval at its end, where there is one)", HelpName = "FILE" };
        return new Verb(
                "push",
                "Releases a commit to the target, gate by gate, beside what is live there.",
                "iucutter push v0.6.0 --target ssh://deploy@host.example",
                "iucutter push --repo ../payload --without smoke",
                "iucutter push --plan app-0123456789ab.plan",
                "iucutter push --artifact payload.tar --target ssh://deploy@host.example")
            .With([.. options.All, again, plan, approval, json, verbose])
            .Does(async (parsed, cancellation) =>
            {
                var locked = parsed.GetValue(plan) is { } file ? await LockedPlan.ReadAsync(Path.GetFullPath(file, here.Folder), cancellation) : null;
                var approved = await ApprovalFile.ReadAsync(parsed.GetValue(approval), locked, here, cancellation);
                var view = Views.For(parsed.GetValue(json), parsed.GetValue(verbose), here);
                return await options.RunAsync(
                    parsed,
                    locked,
                    here,
                    (subject, ask, target) => new Push(subject, ask with { Again = parsed.GetValue(again), Plan = locked, Approval = approved }, target, view, here).RunAsync(cancellation),
                    cancellation);
            });
    }
}
