using System.Net;
using System.Net.Http.Headers;

namespace IuCutter.Tests.Wire.Probe;

/// <summary>One request sent as plain HTTP/2, to see and set what no gRPC client shows: headers, frames, trailers.</summary>
public sealed class RawCall : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());
    private readonly HttpRequestMessage _request;

    public RawCall(ProbeHost host, string path, params byte[] body)
    {
        ArgumentNullException.ThrowIfNull(host);
        _request = new HttpRequestMessage(HttpMethod.Post, host.Address + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        With("te", "trailers");
        _request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    public byte[] Body { get; private set; } = [];

    /// <summary>A message as a frame: not compressed unless said, its length in front.</summary>
    public static byte[] Frame(byte[] message, byte flag = 0, int? length = null)
    {
        var n = length ?? message.Length;
        return [flag, (byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n, .. message];
    }

    public RawCall With(string header, string value)
    {
        _request.Headers.TryAddWithoutValidation(header, value);
        return this;
    }

    public RawCall WithContentType(string type)
    {
        _request.Content!.Headers.ContentType = new MediaTypeHeaderValue(type);
        return this;
    }

    public async Task<HttpResponseMessage> SendAsync()
    {
        var response = await _http.SendAsync(_request, CancellationToken.None);
        Body = await response.Content.ReadAsByteArrayAsync();
        return response;
    }

    public void Dispose()
    {
        _request.Dispose();
        _http.Dispose();
    }
}
