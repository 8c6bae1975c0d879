using Google.Protobuf;
using Grpc.Core;
using IuCutter.Agent.Endpoint;
using IuCutter.Tests.Wire.Probe;
using IuCutter.Tests.Wire.Protos;

namespace IuCutter.Tests.Wire;

public sealed class HostingTests
{
    [Fact]
    public async Task Interceptors_stand_before_all_four_kinds_in_their_order()
    {
        await using var host = await StartInterceptedAsync();
        using var channel = host.Channel();
        var client = new Protos.Probe.ProbeClient(channel);

        using var unary = client.UnaryAsync(new ProbeRequest { Behaviour = "echo" });
        await unary;
        using var collect = client.Collect();
        await collect.RequestStream.CompleteAsync();
        await collect;
        using var emit = client.Emit(new ProbeRequest());
        Assert.False(await emit.ResponseStream.MoveNext(CancellationToken.None));
        using var chat = client.Chat();
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(CancellationToken.None));

        foreach (var trailers in (Metadata[])[unary.GetTrailers(), collect.GetTrailers(), emit.GetTrailers(), chat.GetTrailers()])
        {
            Assert.Equal("outer, inner", string.Join(", ", trailers.GetAll("passed").Select(entry => entry.Value)));
        }
    }

    [Fact]
    public async Task An_interceptor_that_refuses_keeps_the_service_from_being_made()
    {
        await using var host = await StartInterceptedAsync();
        using var channel = host.Channel();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Protos.Probe.ProbeClient(channel).UnaryAsync(new ProbeRequest { Behaviour = "echo" }, [new("refuse", "inner")]));

        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
        Assert.Equal(0, host.Log.Instances);
    }

    [Fact]
    public async Task Each_call_has_an_instance_of_its_own_that_is_disposed()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var client = new Protos.Probe.ProbeClient(channel);

        for (var call = 1; call <= 3; call++)
        {
            Assert.Equal(call, (await client.UnaryAsync(new ProbeRequest { Behaviour = "instances" })).Count);
            await host.Log.SeenAsync("disposed");
        }
    }

    [Fact]
    public async Task Messages_are_compressed_both_ways_where_it_is_asked_for()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        var client = new Protos.Probe.ProbeClient(channel);
        var data = ByteString.CopyFrom(new byte[1_000_000]);
        Metadata gzip = [new("grpc-internal-encoding-request", "gzip")];

        using var unary = client.UnaryAsync(new ProbeRequest { Behaviour = "gzip", Data = data }, gzip);
        using var emit = client.Emit(new ProbeRequest { Behaviour = "compressed", Count = 2, Data = data }, gzip);

        Assert.Equal(("gzip", data), ((await unary).Text, (await unary).Data));
        Assert.All(await emit.ResponseStream.ReadAllAsync().ToListAsync(), reply => Assert.Equal(data, reply.Data));
    }

    [Fact]
    public async Task A_response_is_compressed_on_the_wire()
    {
        await using var host = await ProbeHost.StartAsync();
        var request = new ProbeRequest { Behaviour = "gzip", Data = ByteString.CopyFrom(new byte[100_000]) };
        using var raw = new RawCall(host, "/iucutter.tests.v1.Probe/Unary", RawCall.Frame(request.ToByteArray()))
            .With("grpc-accept-encoding", "identity, gzip");

        using var response = await raw.SendAsync();

        Assert.Equal("gzip", response.Headers.GetValues("grpc-encoding").Single());
        Assert.Equal(1, raw.Body[0]);
        Assert.InRange(raw.Body.Length, 20, 5_000);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_small_message_that_swells_past_the_limit_is_refused()
    {
        await using var host = await ProbeHost.StartAsync(options => options.MaxReceiveMessageSize = 100_000);
        using var channel = host.Channel();
        var swelling = new ProbeRequest { Behaviour = "echo", Data = ByteString.CopyFrom(new byte[1_000_000]) };

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Protos.Probe.ProbeClient(channel).UnaryAsync(swelling, [new("grpc-internal-encoding-request", "gzip")]));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Theory]
    [InlineData("zstd", 0, "12")]
    [InlineData("identity", 1, "13")]
    [InlineData("gzip", 1, "13")]
    [InlineData("gzip", 2, "13")]
    public async Task An_encoding_that_is_unknown_or_does_not_hold_is_refused(string encoding, byte flag, string status)
    {
        await using var host = await ProbeHost.StartAsync();
        using var raw = new RawCall(host, "/iucutter.tests.v1.Probe/Unary", RawCall.Frame([1, 2, 3], flag)).With("grpc-encoding", encoding);

        using var response = await raw.SendAsync();

        Assert.Equal(status, response.Headers.GetValues("grpc-status").Single());
        Assert.Equal(encoding == "zstd", response.Headers.Contains("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData("application/json", 415)]
    [InlineData("application/grpc-web", 415)]
    [InlineData("application/grpc+proto", 200)]
    public async Task Only_gRPC_requests_are_calls(string contentType, int status)
    {
        await using var host = await ProbeHost.StartAsync();
        using var raw = new RawCall(
                host, "/iucutter.tests.v1.Probe/Unary", RawCall.Frame(new ProbeRequest { Behaviour = "echo" }.ToByteArray()))
            .WithContentType(contentType);

        using var response = await raw.SendAsync();

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_call_of_one_request_has_exactly_one(int requests)
    {
        await using var host = await ProbeHost.StartAsync();
        byte[] body = [.. Enumerable.Repeat(RawCall.Frame([]), requests).SelectMany(frame => frame)];
        using var raw = new RawCall(host, "/iucutter.tests.v1.Probe/Unary", body);

        using var response = await raw.SendAsync();

        Assert.Equal("13", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public void A_block_is_lent_to_one_at_a_time()
    {
        using var pool = ReceiveBuffers.CreatePool();
        var first = pool.Rent(4096);
        Assert.Equal(64 * 1024, first.Memory.Length);

        first.Dispose();
        first.Dispose();

        using var second = pool.Rent();
        using var third = pool.Rent();
        Assert.True(second.Memory.Equals(first.Memory));
        Assert.False(third.Memory.Equals(second.Memory));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(64 * 1024 + 1));
    }

    private static Task<ProbeHost> StartInterceptedAsync() => ProbeHost.StartAsync(options =>
    {
        options.Interceptors.Add<ProbeInterceptor>("outer");
        options.Interceptors.Add<ProbeInterceptor>("inner");
    });
}
