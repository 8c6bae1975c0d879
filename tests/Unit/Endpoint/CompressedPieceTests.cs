using System.IO.Compression;
using Google.Protobuf;
using IuCutter.Agent;
using IuCutter.Agent.Endpoint;
using IuCutter.Protos.V1;

namespace IuCutter.Tests.Unit.Endpoint;

public sealed class CompressedPieceTests
{
    [Fact]
    public void A_piece_is_what_it_was() => Assert.Equal(new byte[1 << 20], CompressedPiece.Read(Piece(1 << 20, 1 << 20)));

    [Theory]
    [InlineData(1000, 999)]
    [InlineData(1000, 1001)]
    [InlineData(1000, 0)]
    [InlineData((1 << 20) + 1, (1 << 20) + 1)]
    public void A_piece_that_is_not_what_it_says_is_refused(int bytes, int said)
    {
        var refusal = Assert.Throws<RefusalException>(() => CompressedPiece.Read(Piece(bytes, said)));

        Assert.Equal(RefusalCode.DigestMismatch, refusal.Code);
    }

    private static CompressedData Piece(int bytes, int said)
    {
        var room = new byte[4096];
        Assert.True(BrotliEncoder.TryCompress(new byte[bytes], room, out var length));
        return new CompressedData { Data = ByteString.CopyFrom(room, 0, length), Size = (uint)said };
    }
}
