using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>The entries of an artifact to be, in path order: each is begun by <see cref="NextAsync"/> and its content read to the end before the next.</summary>
internal interface IEntrySource : IAsyncDisposable
{
    public TreePath Path { get; }

    public EntryKind Kind { get; }

    public long Size { get; }

    public ValueTask<bool> NextAsync(CancellationToken cancellation);

    /// <summary>The content's next piece, whole where it is at most <see cref="ByteFeed.Capacity"/> bytes; empty at its end.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation);
}
