namespace Grpc.Wire;

/// <summary>The header names and fixed values of gRPC over HTTP/2.</summary>
internal static class ProtocolHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    public const string Gzip = "gzip";
    public const string Identity = "identity";
    public const string AcceptedEncodings = "identity,gzip";

    /// <summary>Never sent: in a call's own metadata it asks for the messages to be compressed.</summary>
    public const string CompressionWish = "grpc-internal-encoding-request";
}
