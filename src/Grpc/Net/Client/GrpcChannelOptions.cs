namespace Grpc.Net.Client;

/// <summary>How a channel reaches its server.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Carries the HTTP/2 exchanges; set it for TLS, Unix sockets and windows. Null: a SocketsHttpHandler of the channel's own.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether disposing the channel disposes the handler that was given.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Bytes a message; null is no limit. A longer one is refused as RESOURCE_EXHAUSTED.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bytes a message; null is no limit. A longer one is refused as RESOURCE_EXHAUSTED.</summary>
    public int? MaxSendMessageSize { get; set; }
}
