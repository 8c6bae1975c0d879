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

    [GeneratedRegex(@"^\| \d+ \| (?<claim>.+?) \| .+ \| `(?<type>\w+)\.(?<test>\w+)` \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
