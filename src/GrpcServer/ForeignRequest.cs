using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Tells gRPC calls from everything else that may be sent to the same path.</summary>
internal static class ForeignRequest
{
    /// <summary>False: the request is no gRPC call, and has its answer.</summary>
    public static bool Accept(HttpContext http)
    {
        if (!IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }

        http.Response.ContentType = ProtocolHeaders.ContentType;
        return true;
    }

    public static bool IsGrpc(string? contentType) =>
        contentType?.StartsWith(ProtocolHeaders.ContentType, StringComparison.OrdinalIgnoreCase) == true
        && (contentType.Length == ProtocolHeaders.ContentType.Length || contentType[ProtocolHeaders.ContentType.Length] is '+' or ';');
}
