using System.Net.Sockets;
using System.Text.Json;

namespace IuCutter.Agent.Measuring;

/// <summary>
/// The containers that run on this host, as the engine's socket lists them (Docker Engine API, <c>GET /containers/json</c>): asked directly, because starting
/// the engine's own client takes longer than everything else that is read of a host.
/// </summary>
internal static class RunningContainers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly string[] Sockets = ["/var/run/docker.sock", "/run/podman/podman.sock"];

    /// <summary>Their ids, sorted, one a line; null where no engine is, or none that shows them to the agent's user.</summary>
    public static Task<string?> ListAsync(CancellationToken cancellationToken) => ListAsync(Sockets.FirstOrDefault(File.Exists), cancellationToken);

    /// <param name="socket">The engine's; null where there is none.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public static async Task<string?> ListAsync(string? socket, CancellationToken cancellationToken)
    {
        if (socket is null)
        {
            return null;
        }

        using var client = new HttpClient(Through(socket)) { Timeout = Limit };
        try
        {
            using var answer = await client.GetAsync(new Uri("http://localhost/containers/json"), cancellationToken);
            answer.EnsureSuccessStatusCode();
            using var list = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
            var ids = list.RootElement.EnumerateArray().Select(c => c.GetProperty("Id").GetString() ?? throw new JsonException("a container without an id"));
            return string.Join('\n', ids.Order(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static SocketsHttpHandler Through(string socket) => new()
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    };
}
