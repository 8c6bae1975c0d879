using Google.Protobuf;
using Grpc.Core;
using IuCutter.Tests.Wire.Probe;
using IuCutter.Tests.Wire.Protos;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IuCutter.Tests.Wire;

/// <summary>Deadlines, cancellation, early ends: who ended a call, and what each side learns of it.</summary>
public sealed class EndOfCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var client = new Protos.Probe.ProbeClient(channel);

        // On a busy machine a deadline may pass before the call has come to the server at all.
        var time = TimeSpan.FromMilliseconds(400);
        do
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new ProbeRequest(), deadline: In(time)));
            Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
            time *= 2;
        }
        while (!host.Log.HasSeen("waiting"));

        await host.Log.SeenAsync("wait-ended");
    }

    [Fact]
    public async Task A_server_keeps_the_deadline_of_a_client_that_does_not()
    {
        await using var host = await ProbeHost.StartAsync();
        using var raw = new RawCall(host, "/iucutter.tests.v1.Probe/Unary", RawCall.Frame([])).With("grpc-timeout", "200m");

        using var response = await raw.SendAsync();

        Assert.Equal("4", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_deadline_that_has_passed_never_reaches_the_server()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Protos.Probe.ProbeClient(channel).UnaryAsync(new ProbeRequest(), deadline: In(TimeSpan.FromSeconds(-1))));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.Equal(0, host.Log.Instances);
    }

    [Fact]
    public async Task A_handler_knows_its_deadline()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var client = new Protos.Probe.ProbeClient(channel);
        var deadline = In(TimeSpan.FromDays(100));

        var none = await client.UnaryAsync(new ProbeRequest { Behaviour = "deadline" }, deadline: DateTime.MaxValue);
        var some = await client.UnaryAsync(new ProbeRequest { Behaviour = "deadline" }, deadline: deadline);

        Assert.Equal(-1, none.Count);
        Assert.Equal(deadline, new DateTime(some.Count, DateTimeKind.Utc), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_caller_who_cancels_is_told_so_even_with_a_deadline()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var cancel = new CancellationTokenSource();
        using var call = new Protos.Probe.ProbeClient(channel)
            .UnaryAsync(new ProbeRequest(), deadline: In(TimeSpan.FromMinutes(1)), cancellationToken: cancel.Token);
        await host.Log.SeenAsync("waiting");

        await cancel.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await host.Log.SeenAsync("wait-ended");
    }

    [Theory]
    [InlineData("token")]
    [InlineData("dispose")]
    [InlineData("move-next")]
    [InlineData("channel")]
    public async Task Cancelling_after_the_headers_are_in_reaches_the_server(string how)
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var cancel = new CancellationTokenSource();
        using var call = new Protos.Probe.ProbeClient(channel)
            .Emit(new ProbeRequest { Behaviour = "wait", Count = 1 }, cancellationToken: cancel.Token);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await host.Log.SeenAsync("waiting");

        using var cancelRead = new CancellationTokenSource();
        var reading = call.ResponseStream.MoveNext(cancelRead.Token);
        await (how switch
        {
            "token" => cancel.CancelAsync(),
            "dispose" => Task.Run(call.Dispose, CancellationToken.None),
            "move-next" => cancelRead.CancelAsync(),
            _ => Task.Run(channel.Dispose, CancellationToken.None),
        });

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => reading.WaitAsync(Patience, CancellationToken.None))).StatusCode);
        await host.Log.SeenAsync("wait-ended");
    }

    [Fact]
    public async Task A_server_that_refuses_an_upload_half_way_is_heard()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var upload = new Protos.Probe.ProbeClient(channel).Collect();
        var data = UnsafeByteOperations.UnsafeWrap(new byte[100_000]);

        await Record.ExceptionAsync(() => upload.RequestStream.WriteAsync(new ProbeRequest { Behaviour = "refuse" }));
        var write = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await upload.RequestStream.WriteAsync(new ProbeRequest { Data = data });
            }
        });

        Assert.Equal(StatusCode.PermissionDenied, write.StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await upload)).StatusCode);
    }

    [Fact]
    public async Task A_server_that_answers_an_upload_early_is_heard()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var upload = new Protos.Probe.ProbeClient(channel).Collect();
        var data = UnsafeByteOperations.UnsafeWrap(new byte[100_000]);

        await Record.ExceptionAsync(() => upload.RequestStream.WriteAsync(new ProbeRequest { Behaviour = "answer-early" }));
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true)
            {
                await upload.RequestStream.WriteAsync(new ProbeRequest { Data = data });
            }
        });

        Assert.Equal("early", (await upload).Text);
    }

    [Fact]
    public async Task A_burst_of_refused_uploads_does_not_cost_the_connection()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel(handler: http => http.EnableMultipleHttp2Connections = false);
        var client = new Protos.Probe.ProbeClient(channel);

        for (var i = 0; i < 600; i++)
        {
            using var upload = client.Collect();
            await Record.ExceptionAsync(() => upload.RequestStream.WriteAsync(new ProbeRequest { Behaviour = "refuse" }));
            Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await upload)).StatusCode);
        }
    }

    [Fact]
    public async Task A_server_that_leaves_a_chat_ends_it_for_reader_and_writer()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        using var chat = new Protos.Probe.ProbeClient(channel).Chat();

        await Record.ExceptionAsync(() => chat.RequestStream.WriteAsync(new ProbeRequest { Behaviour = "bye" }));

        Assert.False(await chat.ResponseStream.MoveNext(CancellationToken.None));
        await Assert.ThrowsAnyAsync<Exception>(() => chat.RequestStream.WriteAsync(new ProbeRequest()));
        Assert.Equal(StatusCode.OK, chat.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_reader_that_stops_holds_the_writer_back()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var data = UnsafeByteOperations.UnsafeWrap(new byte[1 << 20]);
        using var call = new Protos.Probe.ProbeClient(channel).Emit(new ProbeRequest { Count = 64, Data = data });

        // Read nothing until the server has stood still for a while, then everything.
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
        Assert.False(host.Log.HasSeen("emitted-63"));

        var read = 1;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            read++;
        }

        Assert.Equal(64, read);
        await host.Log.SeenAsync("emitted-63");
    }

    [Fact]
    public async Task A_server_that_does_not_read_holds_the_uploader_back()
    {
        var release = new TaskCompletionSource();
        await using var host = await StartSlowAsync(release);
        using var channel = host.Channel();
        using var upload = channel.CreateCallInvoker().AsyncClientStreamingCall(SlowUpload.Method, null, default);

        // Far more than all windows and buffers between the two sides hold.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 64; i++)
            {
                await upload.RequestStream.WriteAsync(new byte[1 << 20]);
            }

            await upload.RequestStream.CompleteAsync();
        });
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
        Assert.False(sending.IsCompleted);

        release.SetResult();
        await sending;
        Assert.Equal("67108864", await upload);
    }

    [Fact]
    public async Task Two_writes_at_once_are_refused()
    {
        await using var host = await StartSlowAsync(new TaskCompletionSource());
        using var channel = host.Channel();
        using var upload = channel.CreateCallInvoker().AsyncClientStreamingCall(SlowUpload.Method, null, default);

        var first = upload.RequestStream.WriteAsync(new byte[32 << 20]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => upload.RequestStream.WriteAsync([1]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => upload.RequestStream.CompleteAsync());
        upload.Dispose();
        await Record.ExceptionAsync(() => first);
    }

    private static Task<ProbeHost> StartSlowAsync(TaskCompletionSource release) =>
        ProbeHost.StartAsync(services: services => services.AddSingleton(release), map: app => app.MapGrpcService<SlowUpload>());

    private static DateTime In(TimeSpan time) => TimeProvider.System.GetUtcNow().UtcDateTime + time;
}
