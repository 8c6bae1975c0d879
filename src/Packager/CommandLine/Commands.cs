using System.CommandLine;
using System.CommandLine.Help;

namespace IuCutter.Packager.CommandLine;

/// <summary>All commands of the program.</summary>
internal static class Commands
{
    public static RootCommand Root(Surroundings here)
    {
        var root = new RootCommand("Releases a git commit to a host, beside what is live there, and proves each step.")
        {
            PushVerb.Make(here),
            PlanVerb.Make(here),
            ApproveVerb.Make(here),
            PackVerb.Make(here),
            InspectVerb.Make(here),
            ManifestVerb.Make(here),
            VerifyVerb.Make(here),
            StatusVerb.Make(here),
            ReleasesVerb.Make(here),
            OperationsVerb.Make(here),
            SmokeVerb.Make(here),
            RollbackVerb.Make(here),
            LogsVerb.Make(here),
            WatchVerb.Make(here),
            CancelVerb.Make(here),
            ReportVerb.Make(here),
            GapsVerb.Make(here),
            ReadinessVerb.Make(here),
            CompletionVerb.Make(here),
            AgentVerb.Make(),
        };
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
            foreach (var alias in (string[])["/?", "/h", "-?"])
            {
                option.Aliases.Remove(alias);
            }
        }

        return root;
    }
}
