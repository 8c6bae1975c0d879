using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Protos.V1;
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
        var gates = Gates(scene);
        var text = Encoding.UTF8.GetString(gates[0]);
        gates[0] = Encoding.UTF8.GetBytes(new Regex(what, RegexOptions.None, TimeSpan.FromSeconds(1)).Replace(text, instead, 1));
        Assert.NotEqual(text, Encoding.UTF8.GetString(gates[0]));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await PushAsync(scene, gates));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(said, refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(lines, scene.Ledger.Count);
        Assert.DoesNotContain("Exception", scene.Agent.Log, StringComparison.Ordinal);
        (await scene.CliAsync("report", scene.Ledger[^1].Operation, "-o", Path.Combine(scene.Folder, "r"))).Exits(0);
    }

    /// <summary>The source gates of the push that was made, as its client sent them.</summary>
    private static List<byte[]> Gates(Scene scene) =>
    [
        .. ((GateId[])[GateId.G0, GateId.G1, GateId.G2]).Select(gate => LedgerJson.Write(GateResult.Of(
            gate, [.. scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Where(c => c.Gate == gate).Select(c => c.Check)]))),
    ];

    private static async Task<OperationReply> PushAsync(Scene scene, List<byte[]> gates)
    {
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { DisposeHttpClient = true, HttpHandler = new SocketsHttpHandler { ConnectCallback = Connect(scene.Socket) } });
        var honest = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.OperationBegun>().Last().Push!;
        var request = new PushRequest
        {
            Slot = "app",
            Name = "app",
            Commit = new string('b', 40),
            ManifestSha256 = ByteString.CopyFrom(new byte[32]),
            ManifestBytes = 1,
            Entries = 1,
            ArtifactFormat = "contents",
            ArtifactSha256 = ByteString.CopyFrom(new byte[32]),
            Configuration = ByteString.CopyFrom(LedgerJson.Canonical(honest.Configuration)),
            SourceGates = { gates.Select(g => ByteString.CopyFrom(g)) },
        };
        return await new ReleaseAgent.ReleaseAgentClient(channel).PushAsync(request);
    }

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> Connect(string path) => async (_, cancellation) =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    };
}
