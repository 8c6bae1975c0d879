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
    public void Too_small_a_place_is_the_callers_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LowerHex.Write(new byte[33], new byte[65]));

    [Fact]
    public void Only_lower_case_digits_are_read()
    {
        for (var value = 0; value <= byte.MaxValue; value++)
        {
            var isDigit = (char)value is (>= '0' and <= '9') or (>= 'a' and <= 'f');
            foreach (var ascii in new byte[][] { [(byte)value, (byte)'0'], [(byte)'0', (byte)value] })
            {
                var bytes = new byte[1];

                Assert.Equal(isDigit, LowerHex.TryRead(ascii, bytes));
                Assert.True(!isDigit || bytes[0] == Convert.ToByte(Encoding.ASCII.GetString(ascii), 16));
            }
        }
    }

    [Fact]
    public void Digits_that_do_not_fill_the_bytes_are_the_callers_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LowerHex.TryRead("0011"u8, new byte[1]));
}
