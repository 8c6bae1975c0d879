using Google.Protobuf;
using Grpc.Core;
using IuCutter.Tests.Wire.Probe;
using IuCutter.Tests.Wire.Protos;

namespace IuCutter.Tests.Wire;

public sealed class CallTests
{
    [Theory]
    [InlineData("tcp")]
    [InlineData("tls")]
    [InlineData("unix")]
    public async Task All_four_kinds_of_calls_carry_their_messages(string way)
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = way switch
        {
            "tls" => host.TlsChannel(),
            "unix" => host.SocketChannel(),
            _ => host.Channel(),
        };
        var client = new Protos.Probe.ProbeClient(channel);

        var unary = await client.UnaryAsync(new ProbeRequest { Behaviour = "echo", Text = "grüße", Data = ByteString.CopyFrom(1, 2, 3) });
        Assert.Equal(("grüße", 3), (unary.Text, unary.Data.Length));

        using var collect = client.Collect();
        for (var i = 0; i < 5; i++)
        {
            await collect.RequestStream.WriteAsync(new ProbeRequest { Data = ByteString.CopyFrom(new byte[100_000]), Last = i == 4 });
        }

        await collect.RequestStream.CompleteAsync();
        Assert.Equal(500_000, (await collect).Count);
        Assert.Equal("whole", await host.Log.SeenAsync("collect"));

        using var emit = client.Emit(new ProbeRequest { Count = 7, Data = ByteString.CopyFrom(new byte[300_000]) });
        var emitted = await emit.ResponseStream.ReadAllAsync().ToListAsync();
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], emitted.Select(reply => reply.Count));
        Assert.All(emitted, reply => Assert.Equal(300_000, reply.Data.Length));

        Assert.Equal(["one", "two"], await ChatAsync(client));
    }

    private static async Task<List<string>> ChatAsync(Protos.Probe.ProbeClient client)
    {
        using var chat = client.Chat();
        var heard = new List<string>();
        foreach (var word in (string[])["one", "two"])
        {
            await chat.RequestStream.WriteAsync(new ProbeRequest { Text = word });
            Assert.True(await chat.ResponseStream.MoveNext(CancellationToken.None));
            heard.Add(chat.ResponseStream.Current.Text);
        }

        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, chat.GetStatus().StatusCode);
        return heard;
    }
}
