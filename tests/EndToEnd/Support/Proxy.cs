using System.Net;
using System.Net.Sockets;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A TCP forwarder that spoils what goes through it towards the agent: cuts each connection after so many bytes, or flips one bit once.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _to;
    private readonly long? _cutAfter;
    private readonly long? _corruptAt;
    private readonly Task _accepting;
    private int _connections;
    private bool _hasCorrupted;

    private Proxy(int to, long? cutAfter, long? corruptAt)
    {
        (_to, _cutAfter, _corruptAt) = (to, cutAfter, corruptAt);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => _connections;

    public bool HasCorrupted => _hasCorrupted;

    public static Proxy Start(int to, long? cutAfter = null, long? corruptAt = null) => new(to, cutAfter, corruptAt);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                _ = ForwardAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _to, _end.Token);
            await Task.WhenAny(UpAsync(client.GetStream(), server.GetStream()), server.GetStream().CopyToAsync(client.GetStream(), _end.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One of the two has gone.
        }

        // A reset, not a clean end.
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }

    private async Task UpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        long passed = 0;
        for (int read; (read = await from.ReadAsync(buffer, _end.Token)) > 0; passed += read)
        {
            if (_corruptAt is { } at && !_hasCorrupted && passed + read > at)
            {
                _hasCorrupted = true;
                buffer[read / 2] ^= 1;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            if (passed + read > _cutAfter)
            {
                return;
            }
        }
    }
}
