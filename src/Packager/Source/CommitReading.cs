using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>Makes a commit's manifest with as little reading as can be: what an earlier push has hashed is not read again, unless it is to be scanned.</summary>
internal sealed class CommitReading(GitProgram git, ArtifactRequest request, DigestCache cache)
{
    private const int ReportEvery = 1000;

    private readonly UnfitEntries _unfit = new();
    private readonly FileScan? _scan = request.Scan?.Begin();

    /// <exception cref="SourceException">The commit cannot become a release; nothing is left behind.</exception>
    public async Task<ReleaseContents> ReadAsync(CancellationToken cancellation)
    {
        var items = await TreeListing.ReadAsync(git, request.Commit.Tree, cancellation);
        var contents = new ManifestContent[items.Count];
        var offsets = new long[items.Count];
        var unread = Unread(items, contents, offsets);
        var spool = new ContentSpool(SpoolFile.Private());
        try
        {
            await ReadAsync(items, unread, spool, contents, offsets, cancellation);
            _unfit.ThrowIfAny();
            var manifest = ManifestOf(items, contents);
            spool.Place(Places(manifest, offsets));
            cache.Save();
            return new ReleaseContents(manifest, _scan?.Findings ?? ScanFindings.None, spool, git, items);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>Which items have to be read: every one for a scan, else those whose objects are not known.</summary>
    private List<int> Unread(TreeItemList items, ManifestContent[] contents, long[] offsets)
    {
        var unread = new List<int>();
        Array.Fill(offsets, ReleaseContents.Unread);
        for (var i = 0; i < items.Count; i++)
        {
            // Links are judged by their text, and are few.
            if (_scan is null && items.KindAt(i) != EntryKind.Link && cache.Find(items.ObjectAt(i)) is { } known)
            {
                contents[i] = known;
            }
            else
            {
                unread.Add(i);
            }
        }

        return unread;
    }

    private async Task ReadAsync(
        TreeItemList items, List<int> unread, ContentSpool spool, ManifestContent[] contents, long[] offsets, CancellationToken cancellation)
    {
        if (unread.Count == 0)
        {
            return;
        }

        await using var source = CommitEntries.Of(git, unread.Count == items.Count ? items : items.Only(unread));
        var done = 0;
        long bytes = 0;
        foreach (var i in unread)
        {
            await source.NextAsync(cancellation);
            _scan?.Open(source.Path);
            var (digest, offset) = await spool.TakeAsync(source, cancellation, _unfit, _scan);
            _scan?.Close();
            (contents[i], offsets[i]) = (new ManifestContent(digest, source.Size), offset);
            Remember(items.ObjectAt(i), source.Kind, contents[i]);
            bytes += source.Size;
            if (++done % ReportEvery == 0)
            {
                request.Progress?.Invoke(new ArtifactProgress(done, bytes));
            }
        }
    }

    // A pointer of git-lfs is judged by its text whenever it is met: it is not remembered.
    private void Remember(GitObjectId id, EntryKind kind, ManifestContent content)
    {
        if (kind != EntryKind.Link && !_unfit.IsLastPointer && (_scan is null || cache.Find(id) is null))
        {
            cache.Add(id, content);
        }
    }

    private Manifest ManifestOf(TreeItemList items, ManifestContent[] contents)
    {
        ManifestEntryList entries = [];
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            entries.Add(new ManifestEntry(item.Path, item.Kind, contents[i].Size, contents[i].Digest));
        }

        Footprint.Settle(items.Count);
        return Manifest.Create(request.Name, request.Commit.Id, request.Commit.Tree, request.Commit.TimeUnix, entries);
    }

    private static long[] Places(Manifest manifest, long[] offsets)
    {
        var places = new long[manifest.DistinctContents.Count];
        Array.Fill(places, ReleaseContents.Unread);
        for (var i = 0; i < offsets.Length; i++)
        {
            ref var place = ref places[manifest.ContentOf(i)];
            place = place == ReleaseContents.Unread ? offsets[i] : place;
        }

        return places;
    }
}
