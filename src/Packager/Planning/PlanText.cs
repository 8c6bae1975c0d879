using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Plans;

namespace IuCutter.Packager.Planning;

/// <summary>A plan as people and programs read it: every fact that is compared later, and no other.</summary>
internal static class PlanText
{
    public static void Show(LockedPlan locked, Screen screen)
    {
        var facts = PlanFacts.Of(locked.Plan).ToList();
        var width = facts.Max(f => Math.Min(f.Name.Length, 40));
        foreach (var (name, value) in facts)
        {
            screen.Line($"  {SafeText.Line(name).PadRight(width)}  {SafeText.Line(value)}");
        }

        screen.Line($"  {"made".PadRight(width)}  {Amount.Moment(locked.Plan.MadeAt)}, good until {Amount.Moment(locked.Plan.ExpiresAt)}");
        screen.Line($"plan sha256 {locked.Digest}");
    }

    /// <summary>Shows a plan that was just written, and what comes next.</summary>
    /// <param name="push">The command that does what was planned.</param>
    public static void Say(LockedPlan locked, string push, bool json, Surroundings here)
    {
        var approve = locked.Plan.ApprovalRequired ? $"iucutter approve {TypedCommand.Word(locked.Path)} --key ~/.ssh/id_ed25519 --as NAME" : null;
        if (json)
        {
            new JsonLines(here.Out).Write(j =>
            {
                j.WriteStartObject("plan");
                j.WriteString("file", locked.Path);
                j.WriteString("sha256", locked.Digest.ToString());
                j.WriteString("release", locked.Plan.Release);
                j.WriteBoolean("approvalRequired", locked.Plan.ApprovalRequired);
                j.WriteString("expiresAt", locked.Plan.ExpiresAt);
                j.WriteString("next", approve ?? push);
                j.WriteString("push", push);
                j.WriteEndObject();
            });
            return;
        }

        Show(locked, here.Screen);
        here.Screen.Line($"written to {locked.Path}; nothing was begun on the target");
        here.Screen.Line($"  next: {approve ?? push}");
        if (approve is not null)
        {
            here.Screen.Line($"  then: {push}");
        }
    }
}
