using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// One message as it goes out: a byte that says whether it is compressed, its length in four bytes, its payload; in one pooled buffer,
/// so that it leaves in one write. Used again for each message of a stream.
/// </summary>
internal sealed class MessageFrame : SerializationContext, IBufferWriter<byte>
{
    public const int HeaderSize = 5;
    private const int FirstSize = 512;

    private int? _limit;
    private byte[] _buffer = [];
    private int _end;
    private bool _complete;

    /// <summary>The bytes are valid until <see cref="Release"/>, which the writer calls when its write is over and nobody else ever does.</summary>
    public ReadOnlyMemory<byte> Serialize<T>(T message, Marshaller<T> marshaller, int? limit, bool compress)
    {
        _limit = limit;
        _end = HeaderSize;
        _complete = false;
        marshaller.ContextualSerializer(message, this);
        if (!_complete)
        {
            throw new InvalidOperationException("The marshaller returned without completing the message");
        }

        Require(_end - HeaderSize);
        if (compress)
        {
            var compressed = GzipMessage.Compress(_buffer.AsSpan(HeaderSize, _end - HeaderSize), HeaderSize);
            WriteHeader(compressed.Span, compressed: true, compressed.Length - HeaderSize);
            return compressed;
        }

        WriteHeader(_buffer, compressed: false, _end - HeaderSize);
        return _buffer.AsMemory(0, _end);
    }

    public void Release()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        Require(payloadLength);
        Grow(HeaderSize + payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => this;

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        SetPayloadLength(payload.Length);
        this.Write(payload);
        Complete();
    }

    public override void Complete()
    {
        Grow(HeaderSize);
        _complete = true;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(_end + Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private static void WriteHeader(Span<byte> frame, bool compressed, int length)
    {
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)length);
    }

    private void Require(int payloadLength)
    {
        if (payloadLength > _limit)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"The message to send has {payloadLength} bytes, and at most {_limit} are allowed"));
        }
    }

    private void Grow(int size)
    {
        if (size <= _buffer.Length)
        {
            return;
        }

        // A marshaller that announced its length gets all at once; any other one doubles.
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length == 0 ? Math.Max(size, FirstSize) : Math.Max(size, _buffer.Length * 2));
        _buffer.AsSpan(0, Math.Min(_end, _buffer.Length)).CopyTo(larger);
        Release();
        _buffer = larger;
    }
}
