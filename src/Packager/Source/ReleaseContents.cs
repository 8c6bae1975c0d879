using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>
/// A release's manifest, and its contents for whoever lacks some: in a file of this process's own as far as they were read, and in the
/// repository's objects else.
/// </summary>
internal sealed class ReleaseContents : IDisposable
{
    /// <summary>Says that a content is not in the file yet.</summary>
    public const long Unread = -1;

    private readonly ContentSpool _spool;
    private readonly GitProgram? _git;
    private readonly TreeItemList _items;

    /// <param name="manifest">Its entries are the items, one for one, where there are items.</param>
    /// <param name="findings">What the scan found; empty where none was asked for.</param>
    /// <param name="spool">Holds what was read already.</param>
    /// <param name="git">Reads the others; null where there are none.</param>
    /// <param name="items">Which objects hold them.</param>
    public ReleaseContents(Manifest manifest, ScanFindings findings, ContentSpool spool, GitProgram? git, TreeItemList items)
    {
        (Manifest, Findings, _spool, _git, _items) = (manifest, findings, spool, git, items);
    }

    public Manifest Manifest { get; }

    public ScanFindings Findings { get; }

    /// <summary>Reads those of the contents that were not read before, each held against its digest.</summary>
    /// <param name="contents">Numbers among <see cref="Manifest.DistinctContents"/>, rising.</param>
    /// <param name="cancellation">Ends git as well.</param>
    /// <exception cref="SourceException">OBJECT_MISSING, or an object that is not what it was before.</exception>
    public async Task BringAsync(IEnumerable<int> contents, CancellationToken cancellation)
    {
        var unread = contents.Where(c => _spool.OffsetOf(c) == Unread).ToHashSet();
        if (unread.Count == 0 || _git is null)
        {
            return;
        }

        var entries = new List<int>(unread.Count);
        for (var i = 0; i < Manifest.Entries.Count && unread.Count > 0; i++)
        {
            if (unread.Remove(Manifest.ContentOf(i)))
            {
                entries.Add(i);
            }
        }

        await using var source = CommitEntries.Of(_git, _items.Only(entries));
        foreach (var entry in entries)
        {
            var number = Manifest.ContentOf(entry);
            await source.NextAsync(cancellation);
            var (digest, offset) = await _spool.TakeAsync(source, cancellation);
            if (digest != Manifest.DistinctContents[number].Digest)
            {
                throw new SourceException(
                    SourceCodes.ObjectChanged,
                    $"The content of '{source.Path}' is not what it was when it was read before.",
                    "Run 'git fsck'; if it is sound, remove the cache (~/.cache/iucutter) and push again.");
            }

            _spool.Place(number, offset);
        }
    }

    /// <summary>Reads bytes of one content into the buffer; 0 at its end.</summary>
    /// <param name="content">Its number in <see cref="Manifest.DistinctContents"/>.</param>
    /// <param name="offset">Where in the content to begin, in bytes.</param>
    /// <param name="buffer">Is filled as far as the content goes.</param>
    public int ReadContent(int content, long offset, Span<byte> buffer)
    {
        var left = Manifest.DistinctContents[content].Size - offset;
        ArgumentOutOfRangeException.ThrowIfNegative(left, nameof(offset));
        buffer = buffer[..(int)Math.Min(buffer.Length, left)];
        _spool.Read(content, offset, buffer);
        return buffer.Length;
    }

    public void Dispose() => _spool.Dispose();
}
