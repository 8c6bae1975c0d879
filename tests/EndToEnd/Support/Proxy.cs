using System.Net;
using System.Net.Sockets;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A TCP forwarder that spoils what goes through it towards the agent: cuts each connection after so many bytes, flips one bit once, or is slow.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _to;
    private readonly long? _cutAfter;
    private readonly long? _corruptAt;
    private readonly int? _bytesPerSecond;
    private readonly TimeSpan _delay;
    private readonly SemaphoreSlim _link = new(1);
    private readonly Task _accepting;
    private int _connections;
    private bool _hasCorrupted;
    private long _passed;

    private Proxy(int to, long? cutAfter, long? corruptAt, int? bytesPerSecond, TimeSpan delay)
    {
        (_to, _cutAfter, _corruptAt, _bytesPerSecond, _delay) = (to, cutAfter, corruptAt, bytesPerSecond, delay);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => _connections;

    public bool HasCorrupted => _hasCorrupted;

    /// <summary>How much went through towards the agent, in bytes.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <param name="to">The agent's port.</param>
    /// <param name="cutAfter">Each connection, so many bytes towards the agent.</param>
    /// <param name="corruptAt">One bit, once.</param>
    /// <param name="bytesPerSecond">Towards the agent.</param>
    /// <param name="delay">Of each answer: how far the agent is.</param>
    public static Proxy Start(int to, long? cutAfter = null, long? corruptAt = null, int? bytesPerSecond = null, TimeSpan delay = default) =>
        new(to, cutAfter, corruptAt, bytesPerSecond, delay);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
        _link.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                if (_bytesPerSecond is not null)
                {
                    client.ReceiveBufferSize = 64 * 1024;
                }

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
            await Task.WhenAny(UpAsync(client.GetStream(), server.GetStream()), DownAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One of the two has gone.
        }

        // A reset, not a clean end.
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }

    private async Task DownAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, _end.Token)) > 0;)
        {
            await Task.Delay(_delay, _end.Token);
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
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
            Interlocked.Add(ref _passed, read);
            if (_bytesPerSecond is { } rate)
            {
                // All connections share the link.
                await _link.WaitAsync(_end.Token);
                await Task.Delay(TimeSpan.FromSeconds((double)read / rate), _end.Token);
                _link.Release();
            }

            if (passed + read > _cutAfter)
            {
                return;
            }
        }
    }
}
