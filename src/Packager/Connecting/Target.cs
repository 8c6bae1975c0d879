using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using IuCutter.Configuration;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Connecting;

/// <summary>
/// One target and the way to its agent. Nothing is connected before the first call. A broken connection is made anew by the next call;
/// an ssh that has ended by <see cref="EnsureAsync"/>.
/// </summary>
internal sealed class Target(TargetAddress address, Surroundings here) : IAsyncDisposable
{
    private const int LargestMessage = 16 * 1024 * 1024;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _life = new();
    private Task<StatusReply>? _greeting;
    private SshForward? _ssh;
    private GrpcChannel? _channel;
    private ReleaseAgent.ReleaseAgentClient? _client;
    private SocketException? _lastTrouble;

    public TargetAddress Address => address;

    /// <summary>
    /// What the target says of itself, asked once. Asked early, and awaited when it is needed, the way is made while other work is done.
    /// </summary>
    /// <exception cref="CommandException">The target cannot be reached, or refuses.</exception>
    public Task<StatusReply> GreetAsync(CancellationToken cancellation) =>
        _greeting ??= AskAsync((client, options) => client.GetStatusAsync(new StatusRequest(), options), cancellation);

    /// <summary>The client over a way that stands, as far as is known.</summary>
    /// <exception cref="CommandException">ssh could not be brought up.</exception>
    public async Task<ReleaseAgent.ReleaseAgentClient> EnsureAsync(CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _life.Token);
        await _one.WaitAsync(both.Token);
        try
        {
            if (_client is not null && _ssh is not { HasEnded: true })
            {
                return _client;
            }

            await CloseAsync();
            if (address is TargetAddress.Ssh ssh)
            {
                _ssh = await SshForward.OpenAsync(ssh, here, both.Token);
            }

            _channel = Open();
            return _client = new ReleaseAgent.ReleaseAgentClient(_channel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Another connection over the way that stands; the caller's to dispose of.</summary>
    public GrpcChannel OpenAnother() => Open();

    /// <summary>One question, one answer, within a time limit.</summary>
    /// <exception cref="CommandException">The target cannot be reached, or refuses.</exception>
    public Task<TReply> AskAsync<TReply>(
        Func<ReleaseAgent.ReleaseAgentClient, CallOptions, AsyncUnaryCall<TReply>> question, CancellationToken cancellation) => AskAsync(question, AnswerLimit, cancellation);

    /// <summary>The same for a question that takes its time to answer.</summary>
    public async Task<TReply> AskAsync<TReply>(
        Func<ReleaseAgent.ReleaseAgentClient, CallOptions, AsyncUnaryCall<TReply>> question, TimeSpan limit, CancellationToken cancellation)
    {
        var client = await EnsureAsync(cancellation);
        var options = new CallOptions(deadline: here.Time.GetUtcNow().UtcDateTime + limit, cancellationToken: cancellation);
        try
        {
            using var call = question(client, options);
            return await call.ResponseAsync;
        }
        catch (RpcException refusal)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Explain(refusal);
        }
    }

    /// <summary>The same for a question that begins something.</summary>
    /// <exception cref="CommandException">The target cannot be reached, or refuses; or this side was stopped before the answer came.</exception>
    public async Task<TReply> BeginAsync<TReply>(
        Func<ReleaseAgent.ReleaseAgentClient, CallOptions, AsyncUnaryCall<TReply>> question, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(question, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new CommandException(
                ExitCode.Interrupted,
                "INTERRUPTED",
                $"interrupted while {address} was asked to begin: whether it has begun is not known",
                TypedCommand.On("iucutter operations", address));
        }
    }

    /// <summary>A call's failure in words that say what to do.</summary>
    public CommandException Explain(RpcException refusal) =>
        Refusal.IsOfTheWay(refusal) ? ConnectionTrouble.Of(address, _lastTrouble, _ssh?.Said) : Refusal.Of(refusal, address);

    /// <summary>Ends the way, and the making of one.</summary>
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await _one.WaitAsync(CancellationToken.None);
        await CloseAsync();
        _one.Dispose();
        _life.Dispose();
    }

    private async Task CloseAsync()
    {
        _channel?.Dispose();
        (_channel, _client) = (null, null);
        if (_ssh is { } ssh)
        {
            _ssh = null;
            await ssh.DisposeAsync();
        }
    }

    private GrpcChannel Open()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, cancellation),
            ConnectTimeout = AnswerLimit,
            InitialHttp2StreamWindowSize = 1 << 20,
            EnableMultipleHttp2Connections = false,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,

            // A way that has gone silent, a link down or a host asleep, is found out by these and not by the system a quarter of an hour later.
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingAfter,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        };
        var uri = address is TargetAddress.Loopback loopback ? loopback.ToString() : "http://localhost";
        return GrpcChannel.ForAddress(uri, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestMessage,
            MaxSendMessageSize = LargestMessage,
        });
    }

    private async ValueTask<Stream> ConnectAsync(System.Net.DnsEndPoint asked, CancellationToken cancellation)
    {
        if (_ssh?.TakeFirst() is { } first)
        {
            return new NetworkStream(first, ownsSocket: true);
        }

        var path = (address as TargetAddress.Unix)?.Path ?? _ssh?.Socket;
        var socket = path is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(path is null ? asked : new UnixDomainSocketEndPoint(path), cancellation);
            _lastTrouble = null;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException trouble)
        {
            _lastTrouble = trouble;
            socket.Dispose();
            throw;
        }
    }
}
