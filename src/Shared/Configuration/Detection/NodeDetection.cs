using System.Text.Json;
using IuCutter.Counting;

namespace IuCutter.Configuration.Detection;

/// <summary>
/// Node: package.json at the root. <c>npm test</c> where the package has such a script, else <c>node --test</c> where there are tests by
/// its names. Dependencies are not installed: without network there is nothing to install them from.
/// </summary>
internal static class NodeDetection
{
    private static readonly string[] TestEndings = [".test.js", ".test.mjs", ".test.cjs", "-test.js", "-test.mjs", "_test.js"];

    public static (int Depth, Detected Detected)? Detect(PayloadTree tree)
    {
        if (!tree.Has("package.json"))
        {
            return null;
        }

        var package = Parse(tree.Read("package.json"));
        var script = Script(package, "test");
        var hasTests = tree.Paths.Any(path => Array.Exists(TestEndings, ending => path.EndsWith(ending, StringComparison.Ordinal)));
        var why = "package.json" + (script is not null ? "; scripts.test" : hasTests ? "; tests by name" : "; no tests")
            + (package is { } root && root.TryGetProperty("dependencies", out _) ? "; node_modules must come with the commit" : "");
        return (0, new Detected(
            DetectedLanguage.Node,
            why,
            Compile(tree, package),
            [],
            script is not null ? [Test(["npm", "test", "--silent"], script)] : hasTests ? [Test(["node", "--test"], "node --test")] : [],
            []));
    }

    // npm's own placeholder fails by intent, and is no test.
    private static string? Script(JsonElement? package, string name) =>
        package is { } root && root.TryGetProperty("scripts", out var scripts) && scripts.ValueKind is JsonValueKind.Object
        && scripts.TryGetProperty(name, out var script) && script.ValueKind is JsonValueKind.String
        && !script.GetString()!.Contains("no test specified", StringComparison.Ordinal)
            ? script.GetString()
            : null;

    private static Candidate Test(IReadOnlyList<string> run, string script) => new(
    [
        new TestCommand
        {
            Command = new CheckCommand { Name = "test", Run = run, Timeout = TestCommand.DefaultTimeout },
            Counts = script.Contains("node --test", StringComparison.Ordinal) ? TestFramework.Node : null,
        },
    ]);

    // --check reads one file a call; the entry points stand for the rest.
    private static List<Candidate> Compile(PayloadTree tree, JsonElement? package)
    {
        if (Script(package, "build") is not null)
        {
            return [Candidate.Of(new CheckCommand { Name = "compile", Run = ["npm", "run", "--silent", "build"] })];
        }

        var entry = package is { } root && root.TryGetProperty("main", out var main) && main.ValueKind is JsonValueKind.String ? main.GetString()! : "index.js";
        entry = entry.StartsWith("./", StringComparison.Ordinal) ? entry[2..] : entry;
        return tree.Has(entry) ? [Candidate.Of(new CheckCommand { Name = "compile", Run = ["node", "--check", entry] })] : [];
    }

    private static JsonElement? Parse(string? text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text ?? "null");
            return parsed.RootElement.ValueKind is JsonValueKind.Object ? parsed.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            // npm will say so better than detection could.
            return null;
        }
    }
}
