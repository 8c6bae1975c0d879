using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>What the headers and trailers of a response say of the call.</summary>
internal static class ResponseStatus
{
    public static Metadata Headers(HttpResponseMessage response) => MetadataOf(response.Headers);

    /// <summary>The end of a call whose headers are already its end, trailers-only; null when messages may follow. Throws when it is no gRPC answer.</summary>
    public static (Status Status, Metadata Trailers)? OfHeaders(HttpResponseMessage response)
    {
        if (TryStatus(response.Headers, out var status))
        {
            return (status, MetadataOf(response.Headers));
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Not(TransportFailure.OfHttp(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode}");
        }

        var contentType = response.Content.Headers.ContentType?.MediaType;
        if (contentType?.StartsWith(ProtocolHeaders.ContentType, StringComparison.OrdinalIgnoreCase) != true)
        {
            throw Not(StatusCode.Unknown, $"The server's answer is '{contentType}', not {ProtocolHeaders.ContentType}");
        }

        return Encoding(response) is ProtocolHeaders.Gzip or ProtocolHeaders.Identity
            ? null
            : throw Not(StatusCode.Internal, $"The server's messages are encoded as '{Encoding(response)}'");
    }

    /// <summary>The end of a response that has been read to its end. One without a status is a failure, never a success.</summary>
    public static (Status Status, Metadata Trailers) OfTrailers(HttpResponseMessage response) =>
        TryStatus(response.TrailingHeaders, out var status)
            ? (status, MetadataOf(response.TrailingHeaders))
            : throw Not(StatusCode.Unknown, "The response ended without a status");

    public static bool IsGzip(HttpResponseMessage response) => Encoding(response) is ProtocolHeaders.Gzip;

    private static RpcException Not(StatusCode code, string why) => new(new Status(code, why));

    private static string Encoding(HttpResponseMessage response) =>
        Value(response.Headers, ProtocolHeaders.Encoding) ?? ProtocolHeaders.Identity;

    private static bool TryStatus(HttpResponseHeaders headers, out Status status)
    {
        status = default;
        if (Value(headers, ProtocolHeaders.Status) is not { } text)
        {
            return false;
        }

        var code = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Enum.IsDefined((StatusCode)number)
            ? (StatusCode)number
            : StatusCode.Unknown;
        status = new Status(code, PercentEncoding.Decode(Value(headers, ProtocolHeaders.Message) ?? ""));
        return true;
    }

    private static string? Value(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static Metadata MetadataOf(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (name is ProtocolHeaders.Status or ProtocolHeaders.Message or ProtocolHeaders.Encoding or ProtocolHeaders.AcceptEncoding)
            {
                continue;
            }

            foreach (var value in values)
            {
                ReceivedMetadata.Add(metadata, name, value);
            }
        }

        return metadata;
    }
}
