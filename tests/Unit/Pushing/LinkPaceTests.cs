using IuCutter.Packager.Pushing;

namespace IuCutter.Tests.Unit.Pushing;

public sealed class LinkPaceTests
{
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
        pace.Sent(100, TimeSpan.FromMilliseconds(1));
        Assert.Null(pace.Quality);

        Send(pace, 1e6, 2 << 20);
        Assert.Equal(4, pace.Quality);
        Send(pace, 200e6, 4 << 20);
        Assert.Null(pace.Quality);
    }

    private static void Send(LinkPace pace, double bytesPerSecond, int bytes)
    {
        const int Part = 128 * 1024;
        for (var sent = 0; sent < bytes; sent += Part)
        {
            pace.Sent(Part, TimeSpan.FromSeconds(Part / bytesPerSecond));
        }
    }
}
