using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Tests.Unit.Manifests;

public sealed class TreePathTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    [InlineData(".git")]
    [InlineData("a/.GiT/config")]
    [InlineData("GIT~1")]
    [InlineData(".git. .")]
    [InlineData(".git::$INDEX_ALLOCATION/x")]
    [InlineData(".g\u200cit")]
    [InlineData("\uFEFF.git")]
    [InlineData(".git\u202e")]
    public void A_path_that_could_leave_or_fool_the_tree_is_refused(string path) =>
        Assert.NotNull(TreePath.Refusal(Encoding.UTF8.GetBytes(path)));

    [Theory]
    [InlineData("a")]
    [InlineData("a/b/c")]
    [InlineData("...")]
    [InlineData("..a")]
    [InlineData(".gitignore")]
    [InlineData(".github/x")]
    [InlineData(".git-x")]
    [InlineData(".gita.")]
    [InlineData("x.git")]
    [InlineData("git~2")]
    [InlineData("-rf")]
    [InlineData("a b\n\\'\"")]
    [InlineData("ünï\u200c")]
    public void Any_other_path_is_accepted(string path) => Assert.Null(TreePath.Refusal(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void Length_limits_hold_to_the_byte()
    {
        Assert.Null(TreePath.Refusal(Encoding.ASCII.GetBytes(new string('a', 255))));
        Assert.NotNull(TreePath.Refusal(Encoding.ASCII.GetBytes(new string('a', 256))));
        var deep = string.Join('/', Enumerable.Repeat("a", 2048));
        Assert.Equal(4095, deep.Length);
        Assert.Null(TreePath.Refusal(Encoding.ASCII.GetBytes(deep)));
        Assert.NotNull(TreePath.Refusal(Encoding.ASCII.GetBytes(deep + "/a")));
    }

    [Fact]
    public void Order_and_equality_are_the_bytes()
    {
        var high = TreePath.FromBytes([0xFF]);
        var emoji = TreePath.FromBytes("😀"u8);

        Assert.True(emoji < high);
        Assert.True(TreePath.FromBytes("a-b"u8) < TreePath.FromBytes("a/b"u8));
        Assert.Equal(emoji, TreePath.FromBytes("😀"u8));
        Assert.Equal(new byte[] { 0xFF }, high.ToBytes());
    }

    [Fact]
    public void People_see_no_byte_that_acts()
    {
        Assert.Equal("ünï 😀", TreePath.FromBytes("ünï 😀"u8).ToString());
        Assert.Equal(@"a\x1B[2Jb", TreePath.FromBytes("a\u001b[2Jb"u8).ToString());
        Assert.Equal(@"a\xFFb", TreePath.FromBytes([(byte)'a', 0xFF, (byte)'b']).ToString());
        Assert.Equal(@"\xE2\x80\xAEexe", TreePath.FromBytes("\u202eexe"u8).ToString());
        Assert.Equal(@"a\\b", TreePath.FromBytes(@"a\b"u8).ToString());
    }
}
