using System.IO.Compression;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>A piece of a manifest that came compressed. It is not believed to be larger than it says, whatever comes out of it.</summary>
internal static class CompressedPiece
{
    private const int MostUncompressed = 1 << 20;

    /// <exception cref="RefusalException">It is not what it says.</exception>
    public static byte[] Read(CompressedData piece)
    {
        var bytes = new byte[piece.Size <= MostUncompressed ? piece.Size : throw Refused($"holds {MostUncompressed} bytes at most")];
        return BrotliDecoder.TryDecompress(piece.Data.Span, bytes, out var written) && written == bytes.Length
            ? bytes
            : throw Refused($"is not the {piece.Size} bytes that it says");
    }

    private static RefusalException Refused(string how) => new(RefusalCode.DigestMismatch, $"a compressed piece of the manifest {how}", "push again");
}
