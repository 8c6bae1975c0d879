using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller puts one message: either whole by <see cref="Complete(byte[])"/>, or through the buffer writer.</summary>
public abstract class SerializationContext
{
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Announces how many bytes will come, so that one buffer of the right size is taken.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    public virtual void Complete() => throw new NotSupportedException();
}
