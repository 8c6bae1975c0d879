using Grpc.Core;
using IuCutter.Tests.Wire.Probe;
using IuCutter.Tests.Wire.Protos;

namespace IuCutter.Tests.Wire;

public sealed class MetadataTests
{
    [Fact]
    public async Task Text_and_bytes_go_there_and_come_back_as_headers_and_trailers()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();
        byte[] every = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Metadata sent = [new("X-Text", "a, b; c = 100 %"), new("x-twice", "one"), new("x-twice", "two"), new("x-raw-bin", every), new("x-empty-bin", [])];

        using var call = new Protos.Probe.ProbeClient(channel).UnaryAsync(new ProbeRequest { Behaviour = "metadata" }, sent);
        var reply = await call;

        foreach (var received in (Metadata[])[await call.ResponseHeadersAsync, call.GetTrailers()])
        {
            Assert.Equal("a, b; c = 100 %", received.GetValue("x-text"));
            Assert.Equal("one, two", string.Join(", ", received.GetAll("x-twice").Select(entry => entry.Value)));
            Assert.Equal(every, received.GetValueBytes("x-raw-bin"));
            Assert.Equal([], received.GetValueBytes("x-empty-bin")!);
        }

        Assert.StartsWith("ipv4:127.0.0.1:", reply.Text, StringComparison.Ordinal);
        Assert.Equal("/iucutter.tests.v1.Probe/Unary", reply.Data.ToStringUtf8());
    }

    [Fact]
    public async Task Bytes_are_read_with_and_without_padding_and_several_in_one_header()
    {
        await using var host = await ProbeHost.StartAsync();
        using var raw = new RawCall(
            host,
            "/iucutter.tests.v1.Probe/Unary",
            RawCall.Frame(Google.Protobuf.MessageExtensions.ToByteArray(new ProbeRequest { Behaviour = "metadata" })))
            .With("x-bin", "AQ==,AgM,BAUG").With("x-broken-bin", "?");

        using var response = await raw.SendAsync();

        Assert.Equal("AQ AgM BAUG", string.Join(' ', response.Headers.GetValues("x-bin")));
        Assert.False(response.Headers.Contains("x-broken-bin"));
    }

    [Fact]
    public async Task A_peer_on_a_Unix_socket_has_no_address()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.SocketChannel();

        var reply = await new Protos.Probe.ProbeClient(channel).UnaryAsync(new ProbeRequest { Behaviour = "metadata" });

        Assert.Equal("unix:", reply.Text);
    }

    [Fact]
    public async Task Headers_of_a_duplex_call_come_before_any_message()
    {
        await using var host = await ProbeHost.StartAsync();
        using var channel = host.Channel();

        using var call = new Protos.Probe.ProbeClient(channel).Chat([new("greet", "hello")]);

        Assert.Equal("hello", (await call.ResponseHeadersAsync).GetValue("greeting"));
    }

    [Theory]
    [InlineData("with space", "x")]
    [InlineData("", "x")]
    [InlineData("text", "line\nbreak")]
    [InlineData("text", "grüße")]
    [InlineData("text-bin", "not bytes")]
    public void What_cannot_travel_is_refused_when_it_is_made(string key, string value) =>
        Assert.ThrowsAny<ArgumentException>(() => new Metadata.Entry(key, value));
}
