using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>
/// Reads an upload's data into arrays that are used again. Generated code makes a new one of half a mebibyte for each part, and every few of them the
/// collector goes through all that the agent holds: a tenth of its time.
/// </summary>
internal static class UploadMarshaller
{
    /// <summary>Our packager's parts are as large; what is larger is left to the generated code.</summary>
    private const int ArrayBytes = 512 * 1024;

    private const int KeptArrays = 8;
    private const int DataTag = (UploadPart.DataFieldNumber << 3) | (int)WireFormat.WireType.LengthDelimited;
    private const int BitsOfALength = 28;

    private static readonly ConcurrentQueue<byte[]> Kept = new();

    public static Marshaller<UploadPart> Instead(Marshaller<UploadPart> generated) =>
        new(generated.ContextualSerializer, context => TryRead(context.PayloadAsReadOnlySequence()) ?? generated.ContextualDeserializer(context));

    /// <summary>Says that a part's data is not needed any more; it may not be looked at again.</summary>
    public static void GiveBack(UploadPart part)
    {
        if (part.PartCase == UploadPart.PartOneofCase.Data
            && MemoryMarshal.TryGetArray(part.Data.Memory, out var data)
            && data.Array is { Length: ArrayBytes } array
            && Kept.Count < KeptArrays)
        {
            Kept.Enqueue(array);
        }
    }

    /// <summary>A message that is data and nothing else; null for any other.</summary>
    private static UploadPart? TryRead(in ReadOnlySequence<byte> message)
    {
        var bytes = new SequenceReader<byte>(message);
        if (!bytes.TryRead(out var tag) || tag != DataTag || !TryReadLength(ref bytes, out var length) || length != bytes.Remaining || length > ArrayBytes)
        {
            return null;
        }

        var array = Kept.TryDequeue(out var kept) ? kept : GC.AllocateUninitializedArray<byte>(ArrayBytes);
        bytes.TryCopyTo(array.AsSpan(0, length));
        return new UploadPart { Data = UnsafeByteOperations.UnsafeWrap(array.AsMemory(0, length)) };
    }

    private static bool TryReadLength(ref SequenceReader<byte> bytes, out int length)
    {
        length = 0;
        for (var shift = 0; shift < BitsOfALength && bytes.TryRead(out var part); shift += 7)
        {
            length |= (part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
