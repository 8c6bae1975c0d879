using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>A client that may push, and sends what iucutter never would: it is refused before anything is written, or can be reported like any other.</summary>
public sealed class HostileClientTests
{
    [Theory]
    [InlineData("\"milliseconds\":[0-9.]+", "\"milliseconds\":1.7e308", "checks[0].evidence.milliseconds is 1.7E+308")]
    [InlineData("\"measured\":\\{", "\"measured\":{\"a\":null,", "it holds null at $.checks[0].evidence.measured.a")]
    [InlineData("\"checks\":\\[", "\"checks\":[null,", "it holds null at $.checks[0]")]
    [InlineData("\"status\":\"HELD\"", "\"status\":0", "$.checks[0].status")]
    public async Task Gates_that_no_report_could_be_made_of_are_refused_and_nothing_is_written(string what, string instead, string said)
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var lines = scene.Ledger.Count;
        var gates = RawClient.Gates(scene);
        var text = Encoding.UTF8.GetString(gates[0]);
        gates[0] = Encoding.UTF8.GetBytes(new Regex(what, RegexOptions.None, TimeSpan.FromSeconds(1)).Replace(text, instead, 1));
        Assert.NotEqual(text, Encoding.UTF8.GetString(gates[0]));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await RawClient.PushAsync(scene, gates));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(said, refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(lines, scene.Ledger.Count);
        Assert.DoesNotContain("Exception", scene.Agent.Log, StringComparison.Ordinal);
        (await scene.CliAsync("report", scene.Ledger[^1].Operation, "-o", Path.Combine(scene.Folder, "r"))).Exits(0);
    }
}
