using IuCutter.Counting;

namespace IuCutter.Configuration.Detection;

/// <summary>Go: the go.mod that lies highest. Modules must be vendored or cached, for there is no network.</summary>
internal static class GoDetection
{
    public static (int Depth, Detected Detected)? Detect(PayloadTree tree)
    {
        var module = tree.Highest(name => name is "go.mod").FirstOrDefault();
        if (module is null)
        {
            return null;
        }

        var directory = PayloadTree.DirectoryOf(module);
        var hasTests = tree.Paths.Any(path => path.EndsWith("_test.go", StringComparison.Ordinal));
        var test = new TestCommand
        {
            Command = new CheckCommand { Name = "test", Run = ["go", "test", "-json", "./..."], Directory = directory, Timeout = TestCommand.DefaultTimeout },
            Counts = TestFramework.Go,
        };
        return (PayloadTree.Depth(module), new Detected(
            DetectedLanguage.Go,
            $"{module}{(hasTests ? "" : "; no tests")}",
            [Candidate.Of(new CheckCommand { Name = "compile", Run = ["go", "build", "./..."], Directory = directory })],
            [],
            hasTests ? [new Candidate([test])] : [],
            []));
    }
}
