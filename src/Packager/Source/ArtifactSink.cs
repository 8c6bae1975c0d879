using System.Security.Cryptography;
using System.Threading.Channels;
using IuCutter.Digests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Packager.Source;

/// <summary>
/// Takes the archive's bytes in blocks to a task of its own that hashes and writes them, while the caller fills the next: reading git's answers
/// and hashing entries need not wait for the disk. With no file it only hashes.
/// </summary>
internal sealed class ArtifactSink : IAsyncDisposable
{
    private const int BlockSize = 512 * 1024;
    private const int Blocks = 3;

    private static readonly byte[] Zeros = new byte[2 * TarHeader.Block];

    private readonly SafeFileHandle? _file;
    private readonly Channel<byte[]> _empty = Channel.CreateBounded<byte[]>(Blocks);
    private readonly Channel<ArraySegment<byte>> _full = Channel.CreateBounded<ArraySegment<byte>>(Blocks);
    private readonly Task<Sha256Digest> _draining;
    private byte[] _block = new byte[BlockSize];
    private int _length;

    public ArtifactSink(SafeFileHandle? file, CancellationToken cancellation)
    {
        _file = file;
        for (var i = 1; i < Blocks; i++)
        {
            _empty.Writer.TryWrite(new byte[BlockSize]);
        }

        _draining = Task.Run(() => DrainAsync(cancellation), CancellationToken.None);
    }

    /// <summary>How many bytes were written: the next one's offset.</summary>
    public long Position { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        Position += bytes.Length;
        while (bytes.Length > 0)
        {
            var take = Math.Min(bytes.Length, BlockSize - _length);
            bytes[..take].CopyTo(_block.AsMemory(_length));
            _length += take;
            bytes = bytes[take..];
            if (_length == BlockSize)
            {
                await HandOverAsync(cancellation);
            }
        }
    }

    public ValueTask WriteZerosAsync(int count, CancellationToken cancellation) => WriteAsync(Zeros.AsMemory(0, count), cancellation);

    /// <summary>All bytes are in the file; their sha256.</summary>
    public async Task<Sha256Digest> CompleteAsync(CancellationToken cancellation)
    {
        await HandOverAsync(cancellation);
        _full.Writer.Complete();
        return await _draining;
    }

    public async ValueTask DisposeAsync()
    {
        _full.Writer.TryComplete();
        try
        {
            await _draining;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Whoever was writing has this one already, or left before it mattered.
        }
    }

    private async ValueTask HandOverAsync(CancellationToken cancellation)
    {
        await _full.Writer.WriteAsync(new ArraySegment<byte>(_block, 0, _length), cancellation);
        try
        {
            _block = await _empty.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException)
        {
            // The draining task failed: its own exception says more.
            await _draining;
        }

        _length = 0;
    }

    private async Task<Sha256Digest> DrainAsync(CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long offset = 0;
        try
        {
            await foreach (var block in _full.Reader.ReadAllAsync(cancellation))
            {
                hash.AppendData(block);
                if (_file != null)
                {
                    await RandomAccess.WriteAsync(_file, block, offset, cancellation);
                }

                offset += block.Count;
                _empty.Writer.TryWrite(block.Array!);
            }

            return Sha256Digest.FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            _empty.Writer.TryComplete();
        }
    }
}
