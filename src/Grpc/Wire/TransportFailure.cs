using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>What a failed HTTP/2 exchange means as a status.</summary>
internal static class TransportFailure
{
    /// <summary>
    /// The reset's own code says most, so it is looked for first, anywhere in the chain; a cancellation next; a lost or refused
    /// connection last.
    /// </summary>
    public static Status StatusOf(Exception exception)
    {
        var chain = Chain(exception).ToList();
        if (chain.OfType<RpcException>().FirstOrDefault() is { } known)
        {
            return known.Status;
        }

        if (chain.OfType<HttpProtocolException>().FirstOrDefault() is { } reset)
        {
            return new Status(OfReset(reset.ErrorCode), $"The HTTP/2 stream was reset: {reset.Message}", exception);
        }

        if (chain.Any(link => link is OperationCanceledException))
        {
            return new Status(StatusCode.Cancelled, "The call was cancelled", exception);
        }

        return chain.Any(IsOfTheConnection)
            ? new Status(StatusCode.Unavailable, $"The server cannot be reached: {chain[^1].Message}", exception)
            : new Status(StatusCode.Internal, $"The call failed: {exception.Message}", exception);
    }

    /// <summary>For an answer that is no gRPC answer; the table is the specification's http-grpc-status-mapping.</summary>
    public static StatusCode OfHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    // RFC 9113 section 7, as the gRPC specification maps it.
    private static StatusCode OfReset(long code) => code switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static bool IsOfTheConnection(Exception link) => link is
        SocketException
        or IOException
        or HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError,
        };

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var link = exception; link is not null; link = link.InnerException)
        {
            yield return link;
        }
    }
}
