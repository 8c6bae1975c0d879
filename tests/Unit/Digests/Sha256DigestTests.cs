using System.Security.Cryptography;
using IuCutter.Digests;

namespace IuCutter.Tests.Unit.Digests;

public sealed class Sha256DigestTests
{
    // FIPS 180-4, the example of one block.
    private const string OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void A_content_has_the_digest_that_the_standard_gives() => Assert.Equal(OfAbc, Sha256Digest.Of("abc"u8).ToString());

    [Fact]
    public void Bytes_and_text_lead_back_to_the_same_value()
    {
        var digest = Sha256Digest.Parse(OfAbc);

        Assert.Equal(digest, Sha256Digest.FromBytes(digest.ToArray()));
        Assert.Equal(SHA256.HashData("abc"u8), digest.ToArray());
        Assert.Equal("ba7816bf8f01", digest.Short);
    }

    [Fact]
    public void Digests_that_somebody_has_chosen_do_not_meet_in_a_table()
    {
        // Each word's halves cancel each other out where they are put together by exclusive or, the digest's halves where they are.
        var chosen = Enumerable.Range(0, 10_000).Select(i => Sha256Digest.Parse(string.Concat(Enumerable.Repeat($"{i:x8}", 8)))).ToList();

        Assert.InRange(chosen.Select(d => d.GetHashCode()).Distinct().Count(), 9_990, 10_000);
        Assert.Equal(chosen[7].GetHashCode(), Sha256Digest.FromBytes(chosen[7].ToArray()).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("ša7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Any_other_spelling_is_refused(string text)
    {
        Assert.False(Sha256Digest.TryParse(text, out var digest));
        Assert.Equal(default, digest);
        Assert.Throws<FormatException>(() => Sha256Digest.Parse(text));
    }

    [Fact]
    public void Order_is_the_order_of_the_bytes()
    {
        var bytes = new byte[32];
        var smaller = Sha256Digest.FromBytes(bytes);
        for (var i = 31; i >= 0; i--)
        {
            bytes[i] = 0x80;
            var larger = Sha256Digest.FromBytes(bytes);
            Assert.True(smaller < larger);
            Assert.True(string.CompareOrdinal(smaller.ToString(), larger.ToString()) < 0);
            smaller = larger;
        }
    }

    [Fact]
    public void The_default_is_32_zero_bytes() => Assert.Equal(new string('0', 64), default(Sha256Digest).ToString());
}
