using System.Buffers;
using System.Collections.Concurrent;

namespace IuCutter.Agent.Endpoint;

/// <summary>Lends blocks of 64 KiB. It keeps 32 MiB of them for the next time; what a burst takes beyond that goes back to the runtime.</summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int BlockSize = 64 * 1024;
    private const int KeptBlocks = 512;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _freeCount;

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_free.TryDequeue(out var block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _freeCount);
        block.Lend();
        return block;
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private void TakeBack(Block block)
    {
        if (Interlocked.Increment(ref _freeCount) <= KeptBlocks)
        {
            _free.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _freeCount);
        }
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        // Pinned, since the kernel writes into it while the collector runs.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
        private int _lent = 1;

        public Memory<byte> Memory => _bytes;

        public void Lend() => Volatile.Write(ref _lent, 1);

        public void Dispose()
        {
            // Given back twice, one block would be lent to two.
            if (Interlocked.Exchange(ref _lent, 0) == 1)
            {
                pool.TakeBack(this);
            }
        }
    }
}
