using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Net.Client;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Protos.V1;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A client that speaks to the agent as iucutter would not: it begins a push, and what follows is the test's.</summary>
internal static class RawClient
{
    /// <summary>The source gates of the push that was made, as its client sent them.</summary>
    public static List<byte[]> Gates(Scene scene) =>
    [
        .. ((GateId[])[GateId.G0, GateId.G1, GateId.G2]).Select(gate => LedgerJson.Write(GateResult.Of(
            gate, [.. scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Where(c => c.Gate == gate).Select(c => c.Check)]))),
    ];

    public static async Task<OperationReply> PushAsync(Scene scene, List<byte[]> gates)
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
