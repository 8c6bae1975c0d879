namespace IuCutter.Configuration.Detection;

/// <summary>Says which commands suit a payload where its configuration leaves a gate unset, from the commit's tree alone.</summary>
public static class PayloadDetection
{
    /// <param name="paths">Every file of the commit, '/' between components.</param>
    /// <param name="read">The text of one of them; null when it is no text or too large to look into.</param>
    public static DetectionResult Detect(IEnumerable<string> paths, Func<string, string?> read)
    {
        var tree = new PayloadTree(paths, read);
        var found = new List<(int Depth, Detected Detected)>();
        foreach (var detect in new Func<PayloadTree, (int, Detected)?>[]
        {
            PythonDetection.Detect, DotnetDetection.Detect, NodeDetection.Detect, GoDetection.Detect, RustDetection.Detect, MakeDetection.Detect,
        })
        {
            if (detect(tree) is { } one)
            {
                found.Add(one);
            }
        }

        // A stable sort: at the same depth the order above holds, so that a Makefile beside another marker only comes last.
        var all = found.OrderBy(one => one.Depth).Select(one => one.Detected).ToList();
        return new DetectionResult(all, Sentence(all));
    }

    private static string Sentence(List<Detected> all) => all.Count == 0
        ? "Nothing that is known how to compile or test was found; name the commands under compile, import, test and smoke in iucutter.yaml."
        : $"{Named(all[0])}{(all.Count > 1 ? $" Found too: {string.Join(" ", all.Skip(1).Select(Named))} Name their commands in iucutter.yaml to have them run." : "")}";

    private static string Named(Detected detected) => $"{(detected.Language is DetectedLanguage.Dotnet ? ".NET" : detected.Language.ToString())} ({detected.Because}).";
}
