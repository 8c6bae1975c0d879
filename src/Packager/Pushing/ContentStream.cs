using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>An upload's data on its way: hashed, compressed where the link is slow, a part being sent by each call while the next is made.</summary>
/// <param name="streams">The upload's calls: the parts go to them in turn.</param>
/// <param name="bytes">How many there are to send, uncompressed.</param>
/// <exception cref="TimeoutException">From what sends: the link has taken nothing for two minutes.</exception>
internal sealed class ContentStream(
    IReadOnlyList<IClientStreamWriter<UploadPart>> streams, long bytes, LinkPace pace, bool mayCompress, TimeProvider time, CancellationToken cancellation) : IDisposable
{
    /// <summary>The size of a part before it is compressed, in bytes.</summary>
    public const int PartBytes = 512 * 1024;

    // A part that shrinks by less than this part of it is sent as it is: the target has less to do.
    private const int WorthIt = 16;
    private const int WindowBits = 20;

    // A link that takes no part for so long is as good as broken: 512 KiB in it are 4 KiB a second.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(128);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Lane[] _lanes = [.. streams.Select(s => new Lane(s))];
    private readonly int _partBytes = (int)Math.Clamp(bytes, 0, PartBytes - 1) + 1;
    private byte[]? _filling;
    private int _filled;
    private int _parts;

    /// <summary>How much was handed over to be sent, uncompressed.</summary>
    public long Sent { get; private set; }

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free => (_filling ??= FreshPages.Array<byte>(_partBytes)).AsMemory(_filled);

    /// <summary>Says that so many bytes were put into <see cref="Free"/>; a part that is full leaves: then it is true.</summary>
    public async ValueTask<bool> AddedAsync(int bytes)
    {
        _filled += bytes;
        if (_filled < _partBytes)
        {
            return false;
        }

        await LeaveAsync();
        return true;
    }

    /// <summary>Sends what is left, and the end.</summary>
    public async Task CloseAsync()
    {
        await LeaveAsync();
        await Task.WhenAll(_lanes.Select(l => l.Writing));
        await NextLane().Stream.WriteAsync(new UploadPart { End = new UploadEnd { Bytes = (ulong)Sent, Sha256 = ByteString.CopyFrom(_hash.GetHashAndReset()) } }, cancellation);
    }

    public void Dispose() => _hash.Dispose();

    private async Task LeaveAsync()
    {
        if (_filled == 0)
        {
            return;
        }

        var data = _filling.AsMemory(0, _filled);
        _hash.AppendData(data.Span);
        Sent += data.Length;

        // Its buffers are free only when the part before has left.
        var lane = NextLane();
        await lane.Writing;
        var clock = Stopwatch.GetTimestamp();
        var part = PartOf(lane, data);
        lane.Writing = WriteAsync(lane.Stream, part, data.Length, Stopwatch.GetElapsedTime(clock));
        (_filling, lane.Leaving, _filled) = (lane.Leaving, _filling, 0);
    }

    private Lane NextLane() => _lanes[_parts++ % _lanes.Length];

    private UploadPart PartOf(Lane lane, ReadOnlyMemory<byte> data)
    {
        if (mayCompress && pace.Quality is { } quality)
        {
            lane.Compressed = lane.Compressed.Length > 0 ? lane.Compressed : new byte[PartBytes];
            var room = lane.Compressed.AsSpan(0, data.Length - (data.Length / WorthIt));
            if (BrotliEncoder.TryCompress(data.Span, room, out var length, quality, WindowBits))
            {
                return new UploadPart { Brotli = new CompressedData { Data = UnsafeByteOperations.UnsafeWrap(lane.Compressed.AsMemory(0, length)), Size = (uint)data.Length } };
            }
        }

        return new UploadPart { Data = UnsafeByteOperations.UnsafeWrap(data) };
    }

    private async Task WriteAsync(IClientStreamWriter<UploadPart> stream, UploadPart part, int content, TimeSpan compressing)
    {
        var clock = Stopwatch.GetTimestamp();
        await stream.WriteAsync(part, cancellation).WaitAsync(LongestWait, time, cancellation);

        // So many parts were under way in that time; one was compressed.
        pace.Sent(part.Brotli?.Data.Length ?? part.Data.Length, content, compressing + (Stopwatch.GetElapsedTime(clock) / _lanes.Length));
    }

    /// <summary>One of the calls, and what belongs to the part that it is sending.</summary>
    private sealed class Lane(IClientStreamWriter<UploadPart> stream)
    {
        public IClientStreamWriter<UploadPart> Stream => stream;

        public byte[]? Leaving { get; set; }

        public byte[] Compressed { get; set; } = [];

        public Task Writing { get; set; } = Task.CompletedTask;
    }
}
