using Google.Protobuf;
using Grpc.Core;
using IuCutter.Tests.Wire.Probe;
using IuCutter.Tests.Wire.Protos;

namespace IuCutter.Tests.Wire;

/// <summary>An upload that was cut must never end like a complete one, however and whenever it was cut.</summary>
public sealed class CutUploadTests
{
    private static readonly ByteString Chunk = ByteString.CopyFrom(new byte[200_000]);

    [Theory]
    [InlineData("dispose")]
    [InlineData("cancel")]
    [InlineData("cancel-write")]
    [InlineData("channel")]
    public async Task A_cut_upload_is_broken_to_the_server(string how)
    {
        // Many times: whether the end overtakes the reset is a matter of luck.
        for (var round = 0; round < 20; round++)
        {
            await CutAsync(how, messages: round);
        }
    }

    [Fact]
    public async Task An_upload_cut_by_its_deadline_is_broken_to_the_server()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var client = new Protos.Probe.ProbeClient(channel);

        // On a busy machine a deadline may pass before the call has come to the server at all: then there is nothing to break.
        var time = TimeSpan.FromMilliseconds(300);
        do
        {
            using var upload = client.Collect(deadline: In(time));
            var failure = await Assert.ThrowsAsync<RpcException>(() => SendWithoutEndAsync(upload));
            Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
            time *= 2;
        }
        while (!host.Log.HasSeen("collected-first"));

        Assert.StartsWith("broken", await host.Log.SeenAsync("collect"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completing_after_the_cut_does_not_make_it_whole()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var upload = new Protos.Probe.ProbeClient(channel).Collect();
        await upload.RequestStream.WriteAsync(new ProbeRequest { Text = "first" });
        await host.Log.SeenAsync("collected-first");

        upload.Dispose();
        await upload.RequestStream.CompleteAsync();

        Assert.StartsWith("broken", await host.Log.SeenAsync("collect"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_ends_inside_a_message_is_broken_to_the_server()
    {
        await using var host = await ProbeHost.StartAsync();
        var whole = RawCall.Frame(new ProbeRequest { Text = "first", Last = true }.ToByteArray());
        using var raw = new RawCall(host, "/iucutter.tests.v1.Probe/Collect", [.. whole, .. whole[..^1]]);

        using var response = await raw.SendAsync();

        Assert.Equal("13", response.Headers.GetValues("grpc-status").Single());
        Assert.StartsWith("broken", await host.Log.SeenAsync("collect"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buffers_of_cut_uploads_never_leak_into_others()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var client = new Protos.Probe.ProbeClient(channel);

        var cutters = Enumerable.Range(0, 4).Select(_ => CutManyAsync(client));
        var senders = Enumerable.Range(1, 4).Select(value => SendWholeAsync(client, value));

        var totals = await Task.WhenAll(senders.Concat(cutters));
        Assert.Equal([8_000_000L, 8_000_000, 8_000_000, 8_000_000, 0, 0, 0, 0], totals);
    }

    private static async Task CutAsync(string how, int messages)
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var cancel = new CancellationTokenSource();
        using var upload = new Protos.Probe.ProbeClient(channel).Collect(cancellationToken: cancel.Token);
        await upload.RequestStream.WriteAsync(new ProbeRequest { Text = "first" }, CancellationToken.None);
        await host.Log.SeenAsync("collected-first");
        for (var i = 0; i < messages; i++)
        {
            await upload.RequestStream.WriteAsync(new ProbeRequest { Data = Chunk }, CancellationToken.None);
        }

        // One more write is under way when the cut comes.
        using var cancelWrite = new CancellationTokenSource();
        var write = upload.RequestStream.WriteAsync(new ProbeRequest { Data = Chunk }, cancelWrite.Token);
        var cut = how switch
        {
            "dispose" => Task.Run(upload.Dispose, CancellationToken.None),
            "cancel" => cancel.CancelAsync(),
            "cancel-write" => CancelAsync(cancelWrite, upload),
            _ => Task.Run(channel.Dispose, CancellationToken.None),
        };
        await cut;

        await Record.ExceptionAsync(() => write);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await upload);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        Assert.StartsWith("broken", await host.Log.SeenAsync("collect"), StringComparison.Ordinal);
    }

    private static async Task SendWithoutEndAsync(AsyncClientStreamingCall<ProbeRequest, ProbeReply> upload)
    {
        while (true)
        {
            await upload.RequestStream.WriteAsync(new ProbeRequest { Data = Chunk });
        }
    }

    private static DateTime In(TimeSpan time) => TimeProvider.System.GetUtcNow().UtcDateTime + time;

    private static async Task CancelAsync(CancellationTokenSource write, AsyncClientStreamingCall<ProbeRequest, ProbeReply> upload)
    {
        await write.CancelAsync();

        // The write that was under way may have been through already: then the next one is cancelled.
        await Record.ExceptionAsync(() => upload.RequestStream.WriteAsync(new ProbeRequest { Data = Chunk }, write.Token));
    }

    private static async Task<long> SendWholeAsync(Protos.Probe.ProbeClient client, int value)
    {
        using var upload = client.Collect();
        var data = new byte[100_000];
        Array.Fill(data, (byte)value);
        for (var i = 0; i < 80; i++)
        {
            await upload.RequestStream.WriteAsync(
                new ProbeRequest { Behaviour = "pattern", Count = value, Data = UnsafeByteOperations.UnsafeWrap(data) });
        }

        await upload.RequestStream.CompleteAsync();
        return (await upload).Count;
    }

    private static async Task<long> CutManyAsync(Protos.Probe.ProbeClient client)
    {
        for (var i = 0; i < 40; i++)
        {
            using var upload = client.Collect();
            var write = upload.RequestStream.WriteAsync(new ProbeRequest { Data = Chunk });
            upload.Dispose();
            await Record.ExceptionAsync(() => write);
        }

        return 0;
    }
}
