using IuCutter.Counting;

namespace IuCutter.Configuration.Detection;

/// <summary>.NET: the solution that lies highest, or else the project. Building needs the packages to be there, for there is no network.</summary>
internal static class DotnetDetection
{
    private static readonly string[] Solutions = [".slnx", ".sln"];
    private static readonly string[] Projects = [".csproj", ".fsproj", ".vbproj"];

    public static (int Depth, Detected Detected)? Detect(PayloadTree tree)
    {
        var target = tree.Highest(name => Ends(name, Solutions)).FirstOrDefault() ?? tree.Highest(name => Ends(name, Projects)).FirstOrDefault();
        if (target is null)
        {
            return null;
        }

        var projects = tree.Paths.Where(path => Ends(path, Projects)).ToList();
        var isTested = tree.AnyHolds(projects, "Microsoft.NET.Test.Sdk", "IsTestProject", "Microsoft.Testing", "MSTest.Sdk");
        var test = new TestCommand
        {
            Command = new CheckCommand { Name = "test", Run = ["dotnet", "test", target, "--nologo"], Timeout = TestCommand.DefaultTimeout, Set = English },
            Counts = TestFramework.Dotnet,
        };
        return (PayloadTree.Depth(target), new Detected(
            DetectedLanguage.Dotnet,
            $"{target}{(isTested ? "" : "; no test project")}",
            [Candidate.Of(new CheckCommand { Name = "compile", Run = ["dotnet", "build", target, "--nologo"], Timeout = TestCommand.DefaultTimeout, Set = English })],
            [],
            isTested ? [new Candidate([test])] : [],
            []));
    }

    // Summaries are counted by their English words.
    private static EnvironmentSetting[] English => [new("DOTNET_CLI_UI_LANGUAGE", "en"), new("DOTNET_NOLOGO", "1"), new("DOTNET_CLI_TELEMETRY_OPTOUT", "1")];

    private static bool Ends(string name, string[] endings) => Array.Exists(endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
