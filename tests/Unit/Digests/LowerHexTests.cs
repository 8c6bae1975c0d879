using System.Text;
using IuCutter.Digests;

namespace IuCutter.Tests.Unit.Digests;

public sealed class LowerHexTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("00ff10", "00ff10")]
    [InlineData("ABCDEF", "abcdef")]
    public void Two_digits_are_written_for_a_byte_and_nothing_behind_them(string hex, string expected)
    {
        var ascii = new byte[10];
        var written = LowerHex.Write(Convert.FromHexString(hex), ascii);

        Assert.Equal(expected, Encoding.ASCII.GetString(ascii, 0, written));
        Assert.All(ascii[written..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void More_than_a_digest_is_the_callers_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LowerHex.Write(new byte[33], new byte[66]));
}
