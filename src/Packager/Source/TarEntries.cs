using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>The entries of a tar file that IuCutter wrote, one after another.</summary>
internal sealed class TarEntries(Stream tar) : IEntrySource
{
    private readonly TarInput _input = new(tar);
    private TarEntry? _entry;
    private bool _isLinkRead;

    public TreePath Path => Entry.Path;

    public EntryKind Kind => Entry.Kind ?? throw _input.Malformed("a folder");

    public long Size => Kind == EntryKind.Link ? Entry.Link.Length : Entry.Size;

    private TarEntry Entry => _entry ?? throw new InvalidOperationException("No entry was begun.");

    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        _entry = await _input.NextAsync(cancellation);
        _isLinkRead = false;
        if (_entry is null)
        {
            await _input.EndAsync(mayPad: false, cancellation);
        }

        return _entry is not null;
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        if (Kind != EntryKind.Link || _isLinkRead)
        {
            return await _input.ReadAsync(cancellation);
        }

        _isLinkRead = true;
        return Entry.Link;
    }

    public ValueTask DisposeAsync() => tar.DisposeAsync();
}
