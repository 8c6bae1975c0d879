using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

#pragma warning disable MA0045 // All of it happens in memory: there is nothing to wait for.

/// <summary>A message's payload as gzip, which both sides may use for any message that they mark as compressed.</summary>
internal static class GzipMessage
{
    /// <summary>The compressed payload behind <paramref name="room"/> bytes left free for the header.</summary>
    public static Memory<byte> Compress(ReadOnlySpan<byte> payload, int room)
    {
        var output = new MemoryStream(room + (payload.Length / 2));
        output.SetLength(room);
        output.Position = room;
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(payload);
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    /// <summary>Stops as soon as the limit is passed, so that a small message can't claim a large memory.</summary>
    public static ReadOnlySequence<byte> Decompress(in ReadOnlySequence<byte> payload, int? limit)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(payload.ToArray()), CompressionMode.Decompress);
            while (gzip.Read(output.GetSpan(4096)) is > 0 and var read)
            {
                output.Advance(read);
                if (output.WrittenCount > limit)
                {
                    throw new RpcException(new Status(
                        StatusCode.ResourceExhausted, $"The message received has more than the {limit} bytes allowed once decompressed"));
                }
            }
        }
        catch (InvalidDataException exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, "A message could not be decompressed", exception));
        }

        return new ReadOnlySequence<byte>(output.WrittenMemory);
    }
}
