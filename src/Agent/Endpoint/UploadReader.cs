using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Grpc.Core;
using IuCutter.Agent.Releases;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>Reads one upload: data behind its start, and an end that says how much it was. Without that end it is a broken one.</summary>
internal sealed class UploadReader(IAsyncStreamReader<UploadPart> parts)
{
    private const int MostUncompressed = 1 << 20;

    public long Bytes { get; private set; }

    public static async Task<UploadStart> StartOfAsync(IAsyncStreamReader<UploadPart> parts, CancellationToken cancellationToken) =>
        await parts.MoveNext(cancellationToken) && parts.Current.PartCase == UploadPart.PartOneofCase.Start
            ? parts.Current.Start
            : throw Refused("an upload must begin with a start");

    /// <param name="sign">Called for each part that was taken.</param>
    /// <param name="cancellationToken">Ends the waiting for the next part too.</param>
    public async Task ReadIntoAsync(Staging staging, UploadStart start, Action sign, CancellationToken cancellationToken)
    {
        staging.Resume(start.FirstContent, start.Offset);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (await parts.MoveNext(cancellationToken))
        {
            switch (parts.Current.PartCase)
            {
                case UploadPart.PartOneofCase.Data:
                    Take(parts.Current.Data.Memory, staging, hash);
                    UploadMarshaller.GiveBack(parts.Current);
                    sign();
                    break;
                case UploadPart.PartOneofCase.Brotli:
                    TakeCompressed(parts.Current.Brotli, staging, hash);
                    sign();
                    break;
                case UploadPart.PartOneofCase.End:
                    CrashPoint.Reach("C06.before");
                    Close(parts.Current.End, hash.GetHashAndReset());
                    CrashPoint.Reach("C06.after");
                    return;
                default:
                    throw Refused("an upload has one start, then data, then one end");
            }
        }

        throw Refused("the upload was cut off: its end is missing");
    }

    /// <summary>No part is believed to be larger than it says, whatever comes out of it.</summary>
    private void TakeCompressed(CompressedData part, Staging staging, IncrementalHash hash)
    {
        if (part.Size is 0 or > MostUncompressed)
        {
            throw Refused($"a compressed part holds {MostUncompressed} bytes at most, and one at least");
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)part.Size);
        try
        {
            if (!BrotliDecoder.TryDecompress(part.Data.Span, buffer.AsSpan(0, (int)part.Size), out var written) || written != (int)part.Size)
            {
                throw new RefusalException(RefusalCode.DigestMismatch, $"a compressed part is not the {part.Size} bytes that it says", "offer again and send what is still missing");
            }

            Take(buffer.AsMemory(0, written), staging, hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Take(ReadOnlyMemory<byte> data, Staging staging, IncrementalHash hash)
    {
        hash.AppendData(data.Span);
        Bytes += data.Length;
        Take(staging, data);
    }

    /// <summary>What the target's disk refuses is told apart here from what the network does.</summary>
    private static void Take(Staging staging, ReadOnlyMemory<byte> data)
    {
        try
        {
            staging.Take(data);
        }
        catch (IOException e)
        {
            throw new RefusalException(RefusalCode.NoRoom, $"the contents cannot be written: {e.Message}", "see to the target's disk, then push again");
        }
    }

    private void Close(UploadEnd end, byte[] digest)
    {
        if (end.Bytes != (ulong)Bytes || !end.Sha256.Span.SequenceEqual(digest))
        {
            throw new RefusalException(
                RefusalCode.DigestMismatch, $"{Bytes} bytes arrived that are not the {end.Bytes} that were sent", "offer again and send what is still missing");
        }
    }

    private static RefusalException Refused(string why) => new(RefusalCode.BadRequest, why, "offer again and send what is still missing");
}
