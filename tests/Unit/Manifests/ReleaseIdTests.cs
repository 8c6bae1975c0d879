using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Tests.Unit.Manifests;

public sealed class ReleaseIdTests
{
    [Theory]
    [InlineData("app-0123456789ab-ba7816bf8f01", "app")]
    [InlineData("a-b-0-0123456789ab-ba7816bf8f01", "a-b-0")]
    public void An_id_falls_into_its_three_parts(string text, string name)
    {
        Assert.True(ReleaseId.TryParse(text, out var id));
        Assert.Equal((name, "0123456789ab", "ba7816bf8f01", text), (id.Name, id.Commit, id.Manifest, id.ToString()));
        Assert.Equal(id, ReleaseId.Of(name, "0123456789abcdef0123456789abcdef01234567", Sha256Digest.Of("abc"u8)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-0123456789ab-ba7816bf8f01")]
    [InlineData("app-0123456789ab")]
    [InlineData("app-0123456789ab-BA7816bf8f01")]
    [InlineData("app-0123456789ag-ba7816bf8f01")]
    [InlineData("app_0123456789ab-ba7816bf8f01")]
    [InlineData("../x-0123456789ab-ba7816bf8f01")]
    [InlineData("App-0123456789ab-ba7816bf8f01")]
    [InlineData("app-0123456789ab-ba7816bf8f01\n")]
    public void Anything_else_is_no_id(string text)
    {
        Assert.False(ReleaseId.TryParse(text, out _));
        Assert.Throws<FormatException>(() => ReleaseId.Parse(text));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".")]
    [InlineData("-rf")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("Abc")]
    [InlineData("ü")]
    public void A_name_outside_the_grammar_is_refused(string name) => Assert.NotNull(ReleaseName.Refusal(name));

    [Fact]
    public void A_name_has_at_most_64_characters()
    {
        Assert.Null(ReleaseName.Refusal(new string('a', 64)));
        Assert.NotNull(ReleaseName.Refusal(new string('a', 65)));
    }

    [Theory]
    [InlineData("/srv/My App/", "my-app")]
    [InlineData("/srv/app/.git", "app")]
    [InlineData("https://example.org/team/iu-cutter.v0.6.git", "iu-cutter.v0.6")]
    [InlineData("git@example.org:team/App.git", "app")]
    [InlineData("git@example.org:app", "app")]
    [InlineData("..", "payload")]
    [InlineData("__x__", "x")]
    [InlineData("", "payload")]
    public void A_repository_suggests_a_valid_name(string repository, string name)
    {
        Assert.Equal(name, ReleaseName.FromRepository(repository));
        Assert.True(ReleaseName.IsValid(name));
    }
}
