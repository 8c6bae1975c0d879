using System.Net.Sockets;
using System.Text;
using IuCutter.Agent.Measuring;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Measuring;

public sealed class RunningContainersTests
{
    [Fact]
    public async Task The_engine_is_asked_for_what_runs_and_its_ids_come_in_order()
    {
        var (listed, asked) = await AnsweredAsync(200, """[{"Id":"bb","Names":["/web"]},{"Id":"aa","Names":[]}]""");

        Assert.Equal("aa\nbb", listed);
        Assert.StartsWith("GET /containers/json HTTP/1.1", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_container_is_a_list_too() => Assert.Equal("", (await AnsweredAsync(200, "[]")).Listed);

    [Theory]
    [InlineData(500, """{"message":"down"}""")]
    [InlineData(200, """{"message":"no list"}""")]
    [InlineData(200, """[{"Name":"without an id"}]""")]
    [InlineData(200, """[{"Id":7}]""")]
    [InlineData(200, """[1]""")]
    [InlineData(200, "<html>")]
    [InlineData(200, "")]
    public async Task What_is_no_list_of_containers_shows_nothing(int status, string body) => Assert.Null((await AnsweredAsync(status, body)).Listed);

    [Fact]
    public async Task Without_an_engine_nothing_is_shown()
    {
        using var folder = new TempFolder();

        Assert.Null(await RunningContainers.ListAsync(null, CancellationToken.None));
        Assert.Null(await RunningContainers.ListAsync(Path.Combine(folder.Path, "none.sock"), CancellationToken.None));
    }

    private static async Task<(string? Listed, string Asked)> AnsweredAsync(int status, string body)
    {
        var cancellation = CancellationToken.None;
        using var folder = new TempFolder();
        var socket = Path.Combine(folder.Path, "engine.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socket));
        listener.Listen();
        var serving = ServeAsync();

        var listed = await RunningContainers.ListAsync(socket, cancellation);

        return (listed, await serving);

        async Task<string> ServeAsync()
        {
            using var connection = await listener.AcceptAsync(cancellation);
            var request = new byte[4096];
            var length = await connection.ReceiveAsync(request, cancellation);
            await connection.SendAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} It\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), cancellation);
            return Encoding.UTF8.GetString(request, 0, length);
        }
    }
}
