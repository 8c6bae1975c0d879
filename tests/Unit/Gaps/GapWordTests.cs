using IuCutter.Gaps;

namespace IuCutter.Tests.Unit.Gaps;

public sealed class GapWordTests
{
    private static readonly GapWord Word = new("vps-1", "SHA256:k", "app", "no-load", 42, "ann@example.org", "wrk for an hour, ärgerlos", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(1)));

    [Fact]
    public void What_is_signed_is_these_lines() => Assert.Equal(
        "iucutter-gap-v1\nhost vps-1\nagent SHA256:k\nslot app\ngap no-load\nopened 42\nat 2026-01-02T02:04:05.006Z\nwho ann@example.org\nwhy wrk for an hour, ärgerlos\n",
        Word.Text);

    [Fact]
    public void Every_field_is_in_what_is_signed()
    {
        GapWord[] others =
        [
            Word with { Host = "vps-2" }, Word with { Agent = "SHA256:l" }, Word with { Slot = "apq" }, Word with { Gap = "no-lead" }, Word with { Opened = 43 },
            Word with { Who = "bob" }, Word with { Why = "so" }, Word with { At = Word.At.AddMilliseconds(1) },
        ];

        Assert.Equal(typeof(GapWord).GetConstructors()[0].GetParameters().Length, others.Length);
        Assert.DoesNotContain(Word.Text, others.Select(o => o.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann bob")]
    [InlineData("ann\nwhy none")]
    [InlineData("ann,bob")]
    [InlineData("*@example.org")]
    [InlineData("änn")]
    public void A_name_that_could_mean_another_is_refused(string who) => Assert.NotNull(GapWord.WhoRefusal(who));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("one\ntwo")]
    [InlineData("\u001b[2J")]
    public void A_reason_is_one_line(string why) => Assert.NotNull(GapWord.WhyRefusal(why));
}
