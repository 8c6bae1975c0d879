using System.CommandLine;
using System.CommandLine.Help;

namespace IuCutter.Packager.CommandLine;

/// <summary>All commands of the program.</summary>
internal static class Commands
{
    // In the order in which help names them.
    private static readonly (string Name, Func<Surroundings, Verb> Make)[] All =
    [
        ("push", PushVerb.Make),
        ("plan", PlanVerb.Make),
        ("approve", ApproveVerb.Make),
        ("pack", PackVerb.Make),
        ("inspect", InspectVerb.Make),
        ("manifest", ManifestVerb.Make),
        ("verify", VerifyVerb.Make),
        ("status", StatusVerb.Make),
        ("releases", ReleasesVerb.Make),
        ("operations", OperationsVerb.Make),
        ("smoke", SmokeVerb.Make),
        ("rollback", RollbackVerb.Make),
        ("logs", LogsVerb.Make),
        ("watch", WatchVerb.Make),
        ("cancel", CancelVerb.Make),
        ("report", ReportVerb.Make),
        ("gaps", GapsVerb.Make),
        ("readiness", ReadinessVerb.Make),
        ("completion", CompletionVerb.Make),
        (AgentProgram.Verb, _ => AgentVerb.Make()),
    ];

    /// <param name="arguments">Those of the program. Where they begin with a command's name, the others are not made: that takes longer than to parse.</param>
    /// <param name="here">What the commands work in.</param>
    public static RootCommand For(IReadOnlyList<string> arguments, Surroundings here)
    {
        var root = new RootCommand("Releases a git commit to a host, beside what is live there, and proves each step.");
        var named = arguments is [var first, ..] ? Array.FindAll(All, verb => verb.Name == first) : [];
        foreach (var (_, make) in named.Length > 0 ? named : All)
        {
            root.Add(make(here));
        }

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
