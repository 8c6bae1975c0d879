using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>A call as HTTP/2 request headers.</summary>
internal static class RequestHeaders
{
    private const string UserAgent = "iucutter-grpc/0.1";

    public static HttpRequestMessage Build(Uri uri, string? host, Metadata? metadata, TimeSpan? timeout, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(ProtocolHeaders.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (host is not null)
        {
            request.Headers.Host = host;
        }

        Set(request, "te", "trailers");
        Set(request, ProtocolHeaders.AcceptEncoding, ProtocolHeaders.AcceptedEncodings);
        if (timeout is { } time)
        {
            Set(request, ProtocolHeaders.Timeout, CallTimeout.Encode(time));
        }

        if (AskForGzip(metadata))
        {
            Set(request, ProtocolHeaders.Encoding, ProtocolHeaders.Gzip);
        }

        AddMetadata(request, metadata ?? Metadata.Empty);
        return request;
    }

    public static bool AskForGzip(Metadata? metadata) =>
        metadata?.GetValue(ProtocolHeaders.CompressionWish) is ProtocolHeaders.Gzip;

    private static void AddMetadata(HttpRequestMessage request, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!entry.HasKey(ProtocolHeaders.CompressionWish))
            {
                Set(request, entry.Key, entry.IsBinary ? BinaryHeader.Encode(entry.ValueBytes) : entry.Value);
            }
        }

        if (metadata.Get("user-agent") is null)
        {
            Set(request, "user-agent", UserAgent);
        }
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            throw new InvalidOperationException($"The header '{name}' cannot be sent as metadata");
        }
    }
}
