using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// Messages as they come in, parsed from where the transport put them. A stream that ends inside a message is a failure and never an
/// end: <see cref="StatusCode.Internal"/>. Too long a message is refused by its header, before any of it is held: <see cref="StatusCode.ResourceExhausted"/>.
/// </summary>
internal sealed class MessageReader(PipeReader input, int? limit, bool gzip)
{
    private readonly ReceivedPayload _payload = new();

    /// <summary>False is the clean end of the stream.</summary>
    public async ValueTask<(bool Any, T? Message)> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
    {
        var bytes = await AtLeastAsync(MessageFrame.HeaderSize, cancellationToken);
        if (bytes.IsEmpty)
        {
            return (false, default);
        }

        var (compressed, length) = ParseHeader(bytes);
        var frameLength = MessageFrame.HeaderSize + (long)length;
        if (bytes.Length < frameLength)
        {
            input.AdvanceTo(bytes.Start);
            bytes = await AtLeastAsync((int)frameLength, cancellationToken);
        }

        var payload = bytes.Slice(MessageFrame.HeaderSize, length);
        var message = Deserialize(marshaller, compressed ? GzipMessage.Decompress(payload, limit) : payload);
        input.AdvanceTo(payload.End);
        return (true, message);
    }

    public ValueTask CloseAsync() => input.CompleteAsync();

    private async ValueTask<ReadOnlySequence<byte>> AtLeastAsync(int count, CancellationToken cancellationToken)
    {
        var result = await input.ReadAtLeastAsync(count, cancellationToken);
        if (result.IsCanceled)
        {
            throw new OperationCanceledException("The read was cancelled");
        }

        if (result.Buffer.Length >= count || (result.Buffer.IsEmpty && count == MessageFrame.HeaderSize))
        {
            return result.Buffer;
        }

        throw Broken("The stream ended inside a message");
    }

    private (bool Compressed, int Length) ParseHeader(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> header = stackalloc byte[MessageFrame.HeaderSize];
        bytes.Slice(0, MessageFrame.HeaderSize).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(limit ?? Array.MaxLength - MessageFrame.HeaderSize))
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"The message received has {length} bytes, and at most {limit ?? Array.MaxLength} are allowed"));
        }

        return header[0] switch
        {
            0 => (false, (int)length),
            1 when gzip => (true, (int)length),
            1 => throw Broken("A message is compressed, but no encoding was named"),
            _ => throw Broken("A message's first byte is neither 0 nor 1"),
        };
    }

    private T Deserialize<T>(Marshaller<T> marshaller, in ReadOnlySequence<byte> bytes)
    {
        _payload.Bytes = bytes;
        try
        {
            return marshaller.ContextualDeserializer(_payload);
        }
#pragma warning disable CA1031 // A marshaller is anyone's code: whatever it throws means that these bytes are no message.
        catch (Exception exception) when (exception is not RpcException)
#pragma warning restore CA1031
        {
            throw Broken("A message could not be parsed", exception);
        }
        finally
        {
            _payload.Bytes = default;
        }
    }

    private static RpcException Broken(string what, Exception? exception = null) => new(new Status(StatusCode.Internal, what, exception));
}
