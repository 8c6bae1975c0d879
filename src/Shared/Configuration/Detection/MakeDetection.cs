using System.Text.RegularExpressions;

namespace IuCutter.Configuration.Detection;

/// <summary>A Makefile at the root: its targets by name, <c>all</c> or <c>build</c>, <c>test</c> or <c>check</c>. The default target may do
/// anything and is never run. What tests print is guessed when counted.</summary>
internal static partial class MakeDetection
{
    public static (int Depth, Detected Detected)? Detect(PayloadTree tree)
    {
        var makefile = Array.Find(["GNUmakefile", "makefile", "Makefile"], tree.Has);
        if (makefile is null || tree.Read(makefile) is not { } text)
        {
            return null;
        }

        var targets = Rule().Matches(text).Select(rule => rule.Groups["target"].Value).ToHashSet(StringComparer.Ordinal);
        var target = Array.Find(["test", "check"], targets.Contains);
        var build = Array.Find(["all", "build"], targets.Contains);
        var test = new TestCommand { Command = new CheckCommand { Name = "test", Run = ["make", target ?? "test"], Timeout = TestCommand.DefaultTimeout } };
        return (0, new Detected(
            DetectedLanguage.Make,
            $"{makefile}{(target is null ? "; neither target test nor check" : $"; target {target}")}",
            build is null ? [] : [Candidate.Of(new CheckCommand { Name = "compile", Run = ["make", build] })],
            [],
            target is null ? [] : [new Candidate([test])],
            []));
    }

    [GeneratedRegex(@"^(?<target>[A-Za-z0-9_.-]+)\s*:(?!=)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Rule();
}
