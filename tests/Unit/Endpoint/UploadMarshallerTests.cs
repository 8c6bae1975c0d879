using System.Buffers;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using IuCutter.Agent.Endpoint;
using IuCutter.Protos.V1;

namespace IuCutter.Tests.Unit.Endpoint;

public sealed class UploadMarshallerTests
{
    private static readonly Marshaller<UploadPart> Generated = Marshallers.Create(m => m.ToByteArray(), UploadPart.Parser.ParseFrom);
    private static readonly Marshaller<UploadPart> Ours = UploadMarshaller.Instead(Generated);

    public static TheoryData<byte[]> Messages => new(
        new UploadPart { Data = ByteString.Empty }.ToByteArray(),
        new UploadPart { Data = Bytes(1) }.ToByteArray(),
        new UploadPart { Data = Bytes(127) }.ToByteArray(),
        new UploadPart { Data = Bytes(128) }.ToByteArray(),
        new UploadPart { Data = Bytes(512 * 1024) }.ToByteArray(),
        new UploadPart { Data = Bytes((512 * 1024) + 1) }.ToByteArray(),
        new UploadPart { Start = new UploadStart { OperationId = "op", FirstContent = 3, Offset = 7 } }.ToByteArray(),
        new UploadPart { End = new UploadEnd { Bytes = 3, Sha256 = Bytes(32) } }.ToByteArray(),
        new UploadPart { Brotli = new CompressedData { Size = 9, Data = Bytes(5) } }.ToByteArray(),
        [],
        [.. new UploadPart { Data = Bytes(3) }.ToByteArray(), .. new UploadPart { Data = Bytes(4) }.ToByteArray()],
        [.. new UploadPart { Data = Bytes(3) }.ToByteArray(), 0x78, 1],
        [0x12, 0x83, 0x00, 1, 2, 3]);

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_read_as_generated_code_reads_it_wherever_it_is_cut(byte[] message)
    {
        var expected = UploadPart.Parser.ParseFrom(message);
        foreach (var piece in (int[])[1, 2, 5, 64 * 1024, int.MaxValue])
        {
            if (message.Length / piece < 10_000)
            {
                Assert.Equal(expected, Ours.ContextualDeserializer(new Payload(message, piece)));
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x12 })]
    [InlineData(new byte[] { 0x12, 0x04, 1, 2, 3 })]
    [InlineData(new byte[] { 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 1 })]
    [InlineData(new byte[] { 0x12, 0x80 })]
    public void What_is_no_message_is_refused_as_ever(byte[] message) =>
        Assert.Throws<InvalidProtocolBufferException>(() => Ours.ContextualDeserializer(new Payload(message, int.MaxValue)));

    [Fact]
    public void An_array_that_was_given_back_is_used_again_and_one_that_was_not_keeps_its_data()
    {
        var first = Read(Bytes(1000));
        UploadMarshaller.GiveBack(first);
        var second = Read(Bytes(2000, seed: 1));
        var third = Read(Bytes(2000, seed: 2));

        Assert.Same(ArrayOf(first), ArrayOf(second));
        Assert.NotSame(ArrayOf(second), ArrayOf(third));
        Assert.Equal(Bytes(2000, seed: 1), second.Data);
    }

    [Fact]
    public void No_other_part_s_array_is_taken_back()
    {
        UploadMarshaller.GiveBack(UploadPart.Parser.ParseFrom(new UploadPart { Data = Bytes(1000) }.ToByteArray()));
        UploadMarshaller.GiveBack(new UploadPart { Start = new UploadStart() });

        Assert.Equal(512 * 1024, ArrayOf(Read(Bytes(10))).Length);
    }

    private static UploadPart Read(ByteString data) => Ours.ContextualDeserializer(new Payload(new UploadPart { Data = data }.ToByteArray(), int.MaxValue));

    private static byte[] ArrayOf(UploadPart part) => MemoryMarshal.TryGetArray(part.Data.Memory, out var array) ? array.Array! : [];

    private static ByteString Bytes(int length, int seed = 0)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    /// <summary>A message as a transport hands it over, in pieces.</summary>
    private sealed class Payload(byte[] message, int piece) : DeserializationContext
    {
        public override int PayloadLength => message.Length;

        public override byte[] PayloadAsNewBuffer() => [.. message];

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence()
        {
            var first = new Piece(message.AsMemory(0, Math.Min(piece, message.Length)));
            var last = first;
            for (var at = last.Memory.Length; at < message.Length; at += last.Memory.Length)
            {
                last = last.Before(message.AsMemory(at, Math.Min(piece, message.Length - at)));
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory)
        {
            Memory = memory;
        }

        public Piece Before(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
