using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using IuCutter.Tests.Wire.Probe;
using IuCutter.Tests.Wire.Protos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace IuCutter.Tests.Wire;

public sealed class StatusTests
{
    public static TheoryData<StatusCode> Failures => [.. Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK)];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Each_status_reaches_the_caller_with_its_message_and_trailers(StatusCode code)
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        const string Message = "100 % grüße 世界\n\t\0end";

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client(channel).UnaryAsync(new ProbeRequest { Behaviour = "fail", Status = (int)code, Text = Message }));

        Assert.Equal(code, failure.StatusCode);
        Assert.Equal(Message, failure.Status.Detail);
        Assert.Equal("asked for", failure.Trailers.GetValue("reason"));
        Assert.Equal([0, 1, 255], failure.Trailers.GetValueBytes("reason-bin")!);
    }

    [Fact]
    public async Task A_status_that_the_handler_sets_is_the_calls_status()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();

        using var call = Client(channel).UnaryAsync(new ProbeRequest { Behaviour = "set-status", Status = 9, Text = "not yet" });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal((StatusCode.FailedPrecondition, "not yet"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal(StatusCode.FailedPrecondition, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_is_told_only_where_details_are_asked_for(bool detailed)
    {
        await using var host = await ProbeHost.StartAsync(options => options.EnableDetailedErrors = detailed);
        using var channel = host.Channel();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Client(channel).UnaryAsync(new ProbeRequest { Behaviour = "throw" }));

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.Equal(detailed, failure.Status.Detail.Contains("secret detail", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("iucutter.tests.v1.Probe", "Unwritten")]
    [InlineData("iucutter.tests.v1.Probe", "NeverHeardOf")]
    [InlineData("no.such.Service", "Unary")]
    public async Task What_is_not_there_is_unimplemented(string service, string name)
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var method = new Method<string, string>(MethodType.Unary, service, name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, ""));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task A_stream_that_fails_after_messages_gives_them_first()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();

        // Buffered: nothing has been sent when the handler fails, and yet its messages must not be lost.
        using var call = Client(channel).Emit(new ProbeRequest { Behaviour = "buffered", Count = 3, Status = 15, Text = "torn" });
        var seen = 0;
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in call.ResponseStream.ReadAllAsync())
            {
                seen++;
            }
        });

        Assert.Equal((3, StatusCode.DataLoss), (seen, failure.StatusCode));
        Assert.Equal("asked for", call.GetTrailers().GetValue("reason"));
    }

    [Fact]
    public async Task A_failure_without_messages_is_told_in_the_headers_alone()
    {
        await using var host = await ProbeHost.StartAsync();
        using var raw = new RawCall(
            host, "/iucutter.tests.v1.Probe/Emit", RawCall.Frame(new ProbeRequest { Status = 5, Text = "ü" }.ToByteArray()));

        using var response = await raw.SendAsync();

        Assert.Equal("5", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("%C3%BC", response.Headers.GetValues("grpc-message").Single());
        Assert.Equal("asked for", response.Headers.GetValues("reason").Single());
        Assert.Empty(response.TrailingHeaders);
        Assert.Empty(raw.Body);
    }

    [Theory]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task A_reset_says_its_status_by_its_code(int code, StatusCode expected)
    {
        await using var host = await ProbeHost.StartAsync(map: app => app.MapPost("/raw.Raw/Call", http =>
        {
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
            return Task.CompletedTask;
        }));
        using var channel = host.Channel();

        Assert.Equal(expected, (await FailureOfRawCallAsync(channel)).StatusCode);
    }

    [Theory]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(200, StatusCode.Unknown)]
    public async Task An_answer_that_is_not_gRPC_is_never_a_success(int http, StatusCode expected)
    {
        await using var host = await ProbeHost.StartAsync(map: app => app.MapPost("/raw.Raw/Call", context =>
        {
            context.Response.StatusCode = http;
            return context.Response.WriteAsync("<html>", context.RequestAborted);
        }));
        using var channel = host.Channel();

        Assert.Equal(expected, (await FailureOfRawCallAsync(channel)).StatusCode);
    }

    [Fact]
    public async Task A_response_that_ends_without_a_status_is_never_a_success()
    {
        await using var host = await ProbeHost.StartAsync(map: app => app.MapPost("/raw.Raw/Call", async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(RawCall.Frame([65]), context.RequestAborted);
        }));
        using var channel = host.Channel();

        Assert.Equal(StatusCode.Unknown, (await FailureOfRawCallAsync(channel)).StatusCode);
    }

    [Fact]
    public async Task A_response_cut_inside_a_message_is_never_a_success()
    {
        await using var host = await ProbeHost.StartAsync(map: app => app.MapPost("/raw.Raw/Call", async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(RawCall.Frame([65], length: 2), context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        }));
        using var channel = host.Channel();

        Assert.Equal(StatusCode.Internal, (await FailureOfRawCallAsync(channel)).StatusCode);
    }

    [Fact]
    public async Task No_server_is_unavailable()
    {
        var host = await ProbeHost.StartAsync();
        var address = host.Address;
        await host.DisposeAsync();
        using var channel = ProbeHost.Open(address);
        var client = Client(channel);

        var unary = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new ProbeRequest()));
        using var collect = client.Collect();
        var write = await Assert.ThrowsAsync<RpcException>(() => collect.RequestStream.WriteAsync(new ProbeRequest()));

        Assert.Equal((StatusCode.Unavailable, StatusCode.Unavailable), (unary.StatusCode, write.StatusCode));
    }

    [Fact]
    public async Task A_connection_lost_under_way_is_unavailable()
    {
        await using var host = await ProbeHost.StartAsync(map: app => app.MapPost("/raw.Raw/Call", async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
        }));
        using var channel = host.Channel();

        Assert.Equal(StatusCode.Unavailable, (await FailureOfRawCallAsync(channel)).StatusCode);
    }

    [Fact]
    public async Task A_TLS_peer_that_is_not_trusted_is_unavailable()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = ProbeHost.Open(host.TlsAddress);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Client(channel).UnaryAsync(new ProbeRequest()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    private static Protos.Probe.ProbeClient Client(GrpcChannel channel) => new(channel);

    private static async Task<RpcException> FailureOfRawCallAsync(GrpcChannel channel)
    {
        var method = new Method<string, string>(
            MethodType.Unary, "raw.Raw", "Call", Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        return await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, ""));
    }
}
