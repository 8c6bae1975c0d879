using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The body of a call with one request. It may be sent again, should the HTTP stack move it to another connection.</summary>
internal sealed class SingleRequest<TRequest>(TRequest message) : RequestContent<TRequest>
{
    private RequestEncoding<TRequest>? _encoding;

    public override void Attach(IRequestOwner owner, RequestEncoding<TRequest> encoding) => _encoding = encoding;

    // The token that ends the sending fails the body by itself: it ends normally only once the whole message is out.
    public override void Fail(Exception reason)
    {
    }

    public override void EndQuietly()
    {
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var encoding = _encoding ?? throw new InvalidOperationException("The request is sent before its call was started");
        var compress = encoding.Gzip && encoding.WriteOptions?.Flags.HasFlag(WriteFlags.NoCompress) != true;
        var frame = new MessageFrame();
        try
        {
            await stream.WriteAsync(frame.Serialize(message, encoding.Marshaller, encoding.Limit, compress), cancellationToken);
        }
        finally
        {
            frame.Release();
        }
    }
}
