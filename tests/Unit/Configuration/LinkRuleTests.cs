using System.Text;
using IuCutter.Configuration;

namespace IuCutter.Tests.Unit.Configuration;

public sealed class LinkRuleTests
{
    [Fact]
    public void Releases_share_nothing_unless_it_is_asked_for()
    {
        Assert.Equal(LinkRule.Copy, Read("name: a\n").Link);
        Assert.Equal(LinkRule.Copy, Read("link: copy\n").Link);
        Assert.Equal(LinkRule.Hard, Read("link: hard\n").Link);
    }

    [Fact]
    public void The_rule_travels_and_the_default_leaves_no_trace()
    {
        var hard = ReleaseConfigurationJson.Serialize(Read("link: hard\n"));

        Assert.Equal(LinkRule.Hard, ReleaseConfigurationJson.Parse(hard).Link);
        Assert.DoesNotContain("link", Encoding.UTF8.GetString(ReleaseConfigurationJson.Serialize(Read("link: copy\n"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link: soft\n", "link")]
    [InlineData("link: hard\ntest: { run: [pytest], report: out/junit.xml }\n", "test.report")]
    [InlineData("link: hard\nsmoke: { run: [cut], mode: live, effect: { path: data/cut } }\n", "smoke.effect")]
    public void What_a_read_only_release_makes_impossible_is_refused(string yaml, string key)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Read(yaml));

        Assert.Equal([key], refusal.Problems.Select(p => p.Key));
    }

    [Theory]
    [InlineData("link: copy\ntest: { run: [pytest], report: out/junit.xml }\n")]
    [InlineData("link: hard\nsmoke: { run: [cut], mode: live, effect: { path: /var/cut } }\n")]
    [InlineData("link: hard\nsmoke: { run: [cut], mode: dry, effect: { path: data/cut } }\n")]
    public void What_stays_possible_is_not(string yaml) => Assert.NotNull(Read(yaml));

    private static ReleaseConfiguration Read(string yaml) => ConfigurationFile.Read(Encoding.UTF8.GetBytes(yaml), "fallback");
}
