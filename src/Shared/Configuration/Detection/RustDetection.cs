using IuCutter.Counting;

namespace IuCutter.Configuration.Detection;

/// <summary>Rust: the Cargo.toml that lies highest. Crates must be vendored or cached, for there is no network.</summary>
internal static class RustDetection
{
    public static (int Depth, Detected Detected)? Detect(PayloadTree tree)
    {
        var manifest = tree.Highest(name => name is "Cargo.toml").FirstOrDefault();
        if (manifest is null)
        {
            return null;
        }

        var directory = PayloadTree.DirectoryOf(manifest);
        var isLocked = tree.Has(directory is null ? "Cargo.lock" : $"{directory}/Cargo.lock");
        var sources = tree.Paths.Where(path => path.EndsWith(".rs", StringComparison.Ordinal));
        var hasTests = tree.AnyHolds(sources, "#[test]", "#[cfg(test)]");
        string[] options = isLocked ? ["--offline", "--locked"] : ["--offline"];
        var test = new TestCommand
        {
            Command = new CheckCommand { Name = "test", Run = ["cargo", "test", "--no-fail-fast", .. options], Directory = directory, Timeout = TestCommand.DefaultTimeout },
            Counts = TestFramework.Cargo,
        };
        return (PayloadTree.Depth(manifest), new Detected(
            DetectedLanguage.Rust,
            $"{manifest}{(isLocked ? ", Cargo.lock" : "")}{(hasTests ? "" : "; no tests")}",
            [Candidate.Of(new CheckCommand { Name = "compile", Run = ["cargo", "build", .. options], Directory = directory, Timeout = TestCommand.DefaultTimeout })],
            [],
            hasTests ? [new Candidate([test])] : [],
            []));
    }
}
