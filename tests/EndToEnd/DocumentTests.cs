using System.Text.Json;
using System.Text.RegularExpressions;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

public sealed partial class DocumentTests
{
    [Fact]
    public async Task Every_false_claim_that_is_listed_is_tried_by_a_test_that_exists()
    {
        var rows = (await File.ReadAllLinesAsync(Path.Combine(Programs.Repository, "docs", "false-claims.md"))).Where(l => Row().IsMatch(l)).ToList();
        var sources = Directory.GetFiles(Path.Combine(Programs.Repository, "tests"), "*.cs", SearchOption.AllDirectories)
            .GroupBy(f => Path.GetFileNameWithoutExtension(f)!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => string.Concat(g.Select(File.ReadAllText)), StringComparer.Ordinal);

        Assert.True(rows.Count >= 60, $"{rows.Count} rows");
        Assert.All(rows, row =>
        {
            var (type, test) = (Row().Match(row).Groups["type"].Value, Row().Match(row).Groups["test"].Value);
            Assert.Contains($" {test}(", sources[type], StringComparison.Ordinal);
            if (type == nameof(FalsePassTests))
            {
                Assert.Contains($"\"{Row().Match(row).Groups["claim"].Value}\"", sources[type], StringComparison.OrdinalIgnoreCase);
            }
        });
    }

    [Fact]
    public async Task Every_member_that_programs_get_is_in_the_document()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "json.md"));
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("gaps:\n  - { id: no-load, statement: no load was put on it, owner: ann }\nenable_when: [{ gap: no-load }]"));
        await scene.Payload.CommitAsync("has a gap");
        string[][] commands =
        [
            ["push", "--json"], ["smoke", "--json"], ["status", "--json"], ["releases", "--json"], ["operations", "--json"], ["logs", "--json", "--last", "3"], ["gaps", "--all", "--json"],
            ["readiness", "--json"], ["inspect", "--json"], ["pack", "--json", "-o", "p.tar"], ["verify", "p.tar", "--json"], ["plan", "--json"], ["push", "no-such-commit", "--json"],
        ];

        foreach (var command in commands)
        {
            var run = await scene.CliAsync(command);
            var objects = Scene.Objects(run);
            Assert.True(objects.Count > 0, run.All);
            Assert.All(objects.SelectMany(Members).Distinct(StringComparer.Ordinal), name => Assert.True(Documented(name), $"{string.Join(' ', command)}: {name}"));
        }

        bool Documented(string name) => document.Contains($"`{name}`", StringComparison.Ordinal) || document.Contains($"\"{name}\"", StringComparison.Ordinal);
    }

    /// <summary>The ledger's own lines, the configuration and a gap's history have documents of their own.</summary>
    private static IEnumerable<string> Members(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(m => m.Name is "line" or "gate" or "configuration" or "since" or "notNamedSince" or "history" ? [m.Name] : Members(m.Value).Prepend(m.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Members),
        _ => [],
    };

    [GeneratedRegex(@"^\| \d+ \| (?<claim>.+?) \| .+ \| `(?<type>\w+)\.(?<test>\w+)` \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
