using Google.Protobuf;
using Grpc.Core;
using IuCutter.Tests.Wire.Probe;
using IuCutter.Tests.Wire.Protos;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IuCutter.Tests.Wire;

public sealed class LimitTests
{
    [Fact]
    public async Task Each_of_the_four_limits_refuses_by_RESOURCE_EXHAUSTED()
    {
        await using var narrow = await ProbeHost.StartAsync(options => (options.MaxReceiveMessageSize, options.MaxSendMessageSize) = (1000, 1000));
        await using var wide = await ProbeHost.StartAsync();
        using var wideClient = narrow.Channel();
        using var narrowClient = wide.Channel(options => (options.MaxReceiveMessageSize, options.MaxSendMessageSize) = (1000, 1000));

        foreach (var channel in (Grpc.Net.Client.GrpcChannel[])[wideClient, narrowClient])
        {
            var client = new Protos.Probe.ProbeClient(channel);
            var large = new ProbeRequest { Behaviour = "echo", Data = ByteString.CopyFrom(new byte[1000]) };
            var sent = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(large));
            var received = await Assert.ThrowsAsync<RpcException>(async () =>
                await client.UnaryAsync(new ProbeRequest { Behaviour = "big", Count = 1000 }));
            Assert.Equal((StatusCode.ResourceExhausted, StatusCode.ResourceExhausted), (sent.StatusCode, received.StatusCode));

            // 4 bytes go to the field's tag and length, and to the behaviour's.
            var fits = await client.UnaryAsync(new ProbeRequest { Behaviour = "big", Count = 990 });
            Assert.Equal(990, fits.Data.Length);
        }
    }

    [Fact]
    public async Task A_message_too_large_to_send_leaves_its_stream_usable()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel(options => options.MaxSendMessageSize = 1000);
        using var upload = new Protos.Probe.ProbeClient(channel).Collect();

        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            upload.RequestStream.WriteAsync(new ProbeRequest { Data = ByteString.CopyFrom(new byte[1001]) }));
        await upload.RequestStream.WriteAsync(new ProbeRequest { Data = ByteString.CopyFrom(new byte[10]), Last = true });
        await upload.RequestStream.CompleteAsync();

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(10, (await upload).Count);
    }

    [Fact]
    public async Task A_claimed_length_is_refused_before_the_bytes_come()
    {
        await using var host = await ProbeHost.StartAsync();
        using var raw = new RawCall(host, "/iucutter.tests.v1.Probe/Unary", [0, 0xff, 0xff, 0xff, 0xff, 1]);

        using var response = await raw.SendAsync();

        Assert.Equal("8", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task An_upload_may_be_longer_than_the_servers_limit_for_ordinary_requests()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var upload = new Protos.Probe.ProbeClient(channel).Collect();
        var data = UnsafeByteOperations.UnsafeWrap(new byte[1 << 20]);

        for (var i = 0; i < 40; i++)
        {
            await upload.RequestStream.WriteAsync(new ProbeRequest { Data = data });
        }

        await upload.RequestStream.CompleteAsync();
        Assert.Equal(40L << 20, (await upload).Count);
    }

    [Fact]
    public async Task A_quiet_uploader_keeps_its_connection()
    {
        var impatient = new MinDataRate(bytesPerSecond: 1_000_000, gracePeriod: TimeSpan.FromMilliseconds(1100));
        await using var host = await ProbeHost.StartAsync(kestrel: server => server.Limits.MinRequestBodyDataRate = impatient);
        using var channel = host.Channel();
        using var upload = new Protos.Probe.ProbeClient(channel).Collect();

        await upload.RequestStream.WriteAsync(new ProbeRequest { Data = ByteString.CopyFrom(1) });
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, CancellationToken.None);
        await upload.RequestStream.WriteAsync(new ProbeRequest { Data = ByteString.CopyFrom(2) });
        await upload.RequestStream.CompleteAsync();

        Assert.Equal(2, (await upload).Count);
    }
}
