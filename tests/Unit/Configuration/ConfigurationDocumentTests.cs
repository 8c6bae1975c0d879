using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using IuCutter.Configuration;

namespace IuCutter.Tests.Unit.Configuration;

public sealed partial class ConfigurationDocumentTests
{
    private static readonly string Document = Read();

    [Fact]
    public void The_documents_example_is_read_as_it_stands()
    {
        var configuration = ConfigurationFile.Read(Encoding.UTF8.GetBytes(Example().Match(Document).Groups["yaml"].Value), "x");

        Assert.Equal(("ledger-service", "ledger"), (configuration.Name, configuration.Slot));
        Assert.Equal(366, configuration.Test![0].Minimum);
        Assert.Equal(5, configuration.Assert!.Count);
        Assert.Equal("0.6.0", Assert.IsType<Assertion.Version>(configuration.Assert[0]).EqualTo);
        Assert.Equal(512L << 20, configuration.Smoke![0].Memory);
    }

    [Theory]
    [InlineData("zzz: 1")]
    [InlineData("source: { zzz: 1 }")]
    [InlineData("forbid: { zzz: 1 }")]
    [InlineData("test: { run: [a], zzz: 1 }")]
    [InlineData("test: { run: [a], expect: { zzz: 1 } }")]
    [InlineData("guards: [{ zzz: 1 }]")]
    [InlineData("guards: [{ file: /a, zzz: 1 }]")]
    [InlineData("guards: [{ tool: a, zzz: 1 }]")]
    [InlineData("anchors: [{ path: /a, zzz: 1 }]")]
    [InlineData("gaps: [{ id: a, statement: b, owner: c, zzz: 1 }]")]
    [InlineData("enable_when: [{ zzz: 1 }]")]
    [InlineData("enable_when: [{ gate: G5, zzz: 1 }]")]
    [InlineData("assert: [{ zzz: 1 }]")]
    [InlineData("assert: [{ file: a, contains: b, zzz: 1 }]")]
    [InlineData("assert: [{ switch_off: { run: [a], prints: b, zzz: 1 } }]")]
    [InlineData("assert: [{ refused: { run: [a], says: b, zzz: 1 } }]")]
    public void Every_key_that_the_reader_knows_is_in_the_document(string yaml)
    {
        var refused = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Read(Encoding.UTF8.GetBytes(yaml), "x"));

        var known = Known().Match(refused.Problems[0].Message).Groups["keys"].Value.Split(", ");
        Assert.True(known.Length >= 2, refused.Message);
        Assert.All(known, key => Assert.Matches($@"[`.{{, ]{key}[`:]", Document));
    }

    private static string Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("configuration.md")!;
        return new StreamReader(stream).ReadToEnd();
    }

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex("(known here: |exactly one of )(?<keys>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Known();
}
