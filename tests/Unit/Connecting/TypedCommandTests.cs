using System.Diagnostics;
using IuCutter.Packager.Connecting;

namespace IuCutter.Tests.Unit.Connecting;

public sealed class TypedCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/home/ann/app.plan")]
    [InlineData("/Users/Ann Lee/app.plan")]
    [InlineData("it's")]
    [InlineData("$HOME;`id`&\"*")]
    [InlineData("new\nline")]
    [InlineData("~")]
    public async Task A_shell_takes_it_for_the_very_word(string argument)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"printf '%s,%s' {TypedCommand.Word(argument)} end"]) { UseShellExecute = false, RedirectStandardOutput = true })!;

        Assert.Equal($"{argument},end", await shell.StandardOutput.ReadToEndAsync());
    }

    [Fact]
    public void What_needs_no_quotes_has_none() => Assert.Equal("/srv/app-1.2_3.plan", TypedCommand.Word("/srv/app-1.2_3.plan"));
}
