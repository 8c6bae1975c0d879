using System.CommandLine;
using IuCutter.Approvals;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Planning;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

internal static class ApproveVerb
{
    public static Verb Make(Surroundings here)
    {
        var plan = new Argument<string>("PLAN") { Description = "The file that `iucutter plan` wrote" };
        var key = new Option<string>("--key", "-k") { Description = "Your ssh key: the private file, or the public one whose private half ssh-agent holds", HelpName = "FILE", Required = true };
        var name = new Option<string>("--as") { Description = "Your name, as the agent's list of approvers has it", HelpName = "NAME", Required = true };
        var yes = new Option<bool>("--yes", "-y") { Description = "Asks nothing: the plan was looked at" };
        var (life, json) = (Asks.Life("How long the approval is good for (else 2h; 7 days at most)"), Asks.Json());
        var output = new Option<string?>("--output", "-o") { Description = "Where the approval goes (else beside the plan, with .approval at its end)", HelpName = "FILE" };
        return new Verb(
                "approve",
                "Shows a plan, and signs your approval of exactly that: on its target, once, until it expires. Asks no target.",
                "iucutter approve next.plan --key ~/.ssh/id_ed25519 --as ann",
                "iucutter approve next.plan --key ~/.ssh/id_ed25519.pub --as ann --for 30m --yes")
            .With(plan, key, name, life, yes, output, json)
            .Does(async (parsed, cancellation) =>
            {
                // Read once: what is shown is what is signed.
                var locked = await LockedPlan.ReadAsync(Path.GetFullPath(parsed.GetRequiredValue(plan), here.Folder), cancellation);
                var file = parsed.GetValue(output) is { } named ? Asks.Place(named, "--output", here) : ApprovalFile.Beside(locked.Path);
                var approver = parsed.GetRequiredValue(name);
                if (!ReleaseApproval.IsName(approver))
                {
                    throw CommandException.Usage($"--as '{SafeText.Line(approver)}' is no name", "write 1 to 64 letters, digits and ._@+-, beginning with a letter or digit");
                }

                var approval = ApprovalSigning.Make(locked, approver, Asks.ReadLife(parsed.GetValue(life), ReleaseApproval.LongestLife) ?? ReleaseApproval.DefaultLife, here.Time);
                await ConfirmAsync(locked, approval, parsed.GetValue(yes), here, cancellation);
                var signed = await ApprovalSigning.SignAsync(approval, Path.GetFullPath(parsed.GetRequiredValue(key), here.Folder), cancellation);
                await File.WriteAllBytesAsync(file + ".new", ApprovalJson.Write(signed), cancellation);
                File.Move(file + ".new", file, overwrite: true);
                Say(locked, signed, file, parsed.GetValue(json), here);
                return ExitCode.Passed;
            });
    }

    private static async Task ConfirmAsync(LockedPlan locked, ReleaseApproval approval, bool isSure, Surroundings here, CancellationToken cancellation)
    {
        PlanText.Show(locked, here.Errors);
        here.Errors.Line($"to be approved as {approval.Approver}, once, until {Amount.Moment(approval.ExpiresAt)}");
        if (locked.Plan.RefusalAt(here.Time.GetUtcNow(), TimeSpan.Zero) is { } refusal)
        {
            throw new CommandException(ExitCode.Blocked, "PLAN_EXPIRED", $"{refusal}; nothing was signed", "make it anew with `iucutter plan`");
        }

        if (isSure)
        {
            return;
        }

        if (!here.IsInteractive)
        {
            throw CommandException.Usage("nobody is here to be asked; nothing was signed", "run it on a terminal, or with --yes when the plan was looked at");
        }

        here.Errors.Line("type yes to approve it:");
        using var answers = new StreamReader(Console.OpenStandardInput());
        if ((await answers.ReadLineAsync(cancellation))?.Trim() != "yes")
        {
            throw new CommandException(ExitCode.Blocked, "NOT_APPROVED", "not approved; nothing was signed");
        }
    }

    private static void Say(LockedPlan locked, ReleaseApproval approval, string file, bool json, Surroundings here)
    {
        var next = $"iucutter push --plan {TypedCommand.Word(locked.Path)}" + (file == ApprovalFile.Beside(locked.Path) ? "" : $" --approval {TypedCommand.Word(file)}");
        if (json)
        {
            new JsonLines(here.Out).Write(j =>
            {
                j.WriteString("approval", file);
                j.WriteString("planSha256", approval.PlanSha256);
                j.WriteString("approver", approval.Approver);
                j.WriteString("expiresAt", approval.ExpiresAt);
                j.WriteString("next", next);
            });
            return;
        }

        here.Screen.Line($"approved by {approval.Approver} until {Amount.Moment(approval.ExpiresAt)}: {file}");
        here.Screen.Line($"  next: {next}");
    }
}
