using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>
/// A way to one server over HTTP/2, <c>http</c> with prior knowledge or <c>https</c>. It connects with the first call, and again
/// whenever it must. Disposing it cancels the calls under way.
/// </summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;
    private readonly GrpcChannelOptions _options;
    private readonly CancellationTokenSource _closing = new();

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"The address must begin with http:// or https://, not '{address}'", nameof(address));
        }

        _address = address;
        _options = options;
        _http = options.HttpHandler is { } handler
            ? new HttpMessageInvoker(handler, options.DisposeHttpClient)
            : new HttpMessageInvoker(new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, disposeHandler: true);
    }

    internal HttpMessageInvoker Http => _http;

    internal int? MaxReceiveMessageSize => _options.MaxReceiveMessageSize;

    internal int? MaxSendMessageSize => _options.MaxSendMessageSize;

    internal bool TransportIsOurs => _options.HttpHandler is null or SocketsHttpHandler;

    internal CancellationToken Closing => _closing.Token;

    public static GrpcChannel ForAddress(string address) => ForAddress(new Uri(address));

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    public override CallInvoker CreateCallInvoker() => new(this);

    public void Dispose()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

#pragma warning disable MA0045 // Disposing is synchronous in the official API, too.
        _closing.Cancel();
#pragma warning restore MA0045
        _http.Dispose();
    }

    internal Uri UriOf(IMethod method) => new(_address, method.FullName);
}
