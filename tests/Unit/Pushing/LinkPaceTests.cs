using IuCutter.Packager.Pushing;

namespace IuCutter.Tests.Unit.Pushing;

public sealed class LinkPaceTests
{
    private const int Part = 128 * 1024;

    [Theory]
    [InlineData(125e6, null)]
    [InlineData(41e6, null)]
    [InlineData(39e6, 1)]
    [InlineData(13e6, 1)]
    [InlineData(12e6, 4)]
    [InlineData(50e3, 4)]
    public void The_slower_the_link_the_harder_it_is_worth_compressing(double bytesPerSecond, int? quality)
    {
        var pace = new LinkPace();

        Send(pace, bytesPerSecond, 4 << 20);

        Assert.Equal(quality, pace.Quality);
    }

    [Fact]
    public void Nothing_is_compressed_before_the_link_was_measured_and_a_link_that_has_become_fast_again_is_left_alone()
    {
        var pace = new LinkPace();
        Assert.Null(pace.Quality);
        pace.Sent(100, 100, TimeSpan.FromMilliseconds(1));
        Assert.Null(pace.Quality);

        Send(pace, 1e6, 2 << 20);
        Assert.Equal(4, pace.Quality);
        Send(pace, 200e6, 4 << 20);
        Assert.Null(pace.Quality);
    }

    [Fact]
    public void A_target_that_writes_no_faster_for_it_is_not_sent_compressed_contents()
    {
        var pace = new LinkPace();
        const double ContentRate = 30e6;
        var compressed = 0;
        const int Parts = 400;

        for (var part = 0; part < Parts; part++)
        {
            compressed += pace.Quality is null ? 0 : 1;
            pace.Sent(pace.Quality is null ? Part : Part / 4, Part, TimeSpan.FromSeconds(Part / ContentRate));
        }

        Assert.InRange(compressed, 1, Parts / 3);
    }

    [Fact]
    public void A_link_that_is_slow_is_sent_compressed_contents_all_along()
    {
        var pace = new LinkPace();
        const double LinkRate = 5e6;
        var plain = 0;

        for (var part = 0; part < 400; part++)
        {
            plain += pace.Quality is null ? 1 : 0;
            var bytes = pace.Quality is null ? Part : Part / 4;
            pace.Sent(bytes, Part, TimeSpan.FromSeconds(bytes / LinkRate));
        }

        Assert.InRange(plain, 1, 10);
    }

    [Fact]
    public void A_host_that_is_busy_for_a_moment_goes_on_compressing()
    {
        var pace = new LinkPace();
        Send(pace, 5e6, 4 << 20);
        Assert.Equal(4, pace.Quality);

        for (var i = 0; i < 5; i++)
        {
            Send(pace, 0.5e6, Part);
            Assert.Equal(4, pace.Quality);
            Send(pace, 5e6, 4 << 20);
            Assert.Equal(4, pace.Quality);
        }
    }

    [Fact]
    public void A_target_that_is_busy_for_a_moment_is_not_taken_for_a_slow_link()
    {
        var pace = new LinkPace();
        for (var i = 0; i < 5; i++)
        {
            Send(pace, 30e6, 1 << 20);
            Assert.Null(pace.Quality);
            Send(pace, 200e6, 1 << 20);
            Assert.Null(pace.Quality);
        }

        Send(pace, 30e6, 2 << 20);
        Assert.Equal(1, pace.Quality);
    }

    private static void Send(LinkPace pace, double bytesPerSecond, int bytes)
    {
        for (var sent = 0; sent < bytes; sent += Part)
        {
            var isSmaller = pace.Quality is not null;
            pace.Sent(Part, isSmaller ? 4 * Part : Part, TimeSpan.FromSeconds(Part / bytesPerSecond));
        }
    }
}
