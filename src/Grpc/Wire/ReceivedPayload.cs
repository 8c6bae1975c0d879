using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>A received message's bytes where they lie, for as long as its marshaller reads them.</summary>
internal sealed class ReceivedPayload : DeserializationContext
{
    public ReadOnlySequence<byte> Bytes { get; set; }

    public override int PayloadLength => (int)Bytes.Length;

    public override byte[] PayloadAsNewBuffer() => Bytes.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => Bytes;
}
