using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>
/// Makes a commit's manifest with as little reading as can be: what an earlier push has hashed is not read again, unless it is to be scanned;
/// what lies in the work tree unchanged is read from there, and only the rest from git's objects.
/// </summary>
internal sealed class CommitReading(GitRepository repository, ArtifactRequest request, DigestCache cache)
{
    private const int ReportEvery = 1000;

    private readonly GitProgram _git = repository.Git;
    private readonly UnfitEntries _unfit = new();
    private readonly FileScan? _scan = request.Scan?.Begin();
    private int _done;
    private long _bytes;

    /// <param name="items">The commit's tree.</param>
    /// <param name="cancellation">Ends git as well.</param>
    /// <exception cref="SourceException">The commit cannot become a release; nothing is left behind.</exception>
    public async Task<ReleaseContents> ReadAsync(TreeItemList items, CancellationToken cancellation)
    {
        var contents = FreshPages.Array<ManifestContent>(items.Count);
        var offsets = FreshPages.Array<long>(items.Count);
        var unread = Unread(items, contents, offsets);
        if (_scan is null)
        {
            // A scan reads what is known as well.
            cache.Expect(unread.Count);
        }

        var spool = new ContentSpool(SpoolFile.Private(), items.Count);
        try
        {
            await ReadAsync(items, unread, spool, contents, offsets, cancellation);
            _unfit.ThrowIfAny();
            var manifest = ManifestOf(items, contents);
            spool.Place(Places(manifest, offsets));
            cache.Save();
            return new ReleaseContents(manifest, _scan?.Findings ?? ScanFindings.None, spool, _git, items);
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
        if (repository.HasWorkTree)
        {
            await new WorkTreeReading(repository.Root, items).ReadAsync(unread, (batch, proven) => TakeProven(items, batch, proven), cancellation);
            unread.RemoveAll(i => offsets[i] != ReleaseContents.Unread);
        }

        if (unread.Count == 0)
        {
            return;
        }

        await using var source = CommitEntries.Of(_git, unread.Count == items.Count ? items : items.Only(unread));
        foreach (var i in unread)
        {
            await source.NextAsync(cancellation);
            _scan?.Open(source.Path);
            var (digest, offset) = await spool.TakeAsync(source, cancellation, _unfit, _scan);
            _scan?.Close();
            (contents[i], offsets[i]) = (new ManifestContent(digest, source.Size), offset);
            Remember(items.ObjectAt(i), source.Kind, contents[i]);
            Report(source.Size);
        }

        void TakeProven(TreeItemList all, WorkTreeBatch batch, ProvenContent proven)
        {
            var content = batch.Content(proven);
            _scan?.Open(PathOf(all, proven.Item));
            _scan?.Feed(content);
            _scan?.Close();
            Judge(all, proven.Item, content);
            (contents[proven.Item], offsets[proven.Item]) = (new ManifestContent(proven.Digest, content.Length), spool.Take(content));
            Remember(all.ObjectAt(proven.Item), all.KindAt(proven.Item), contents[proven.Item]);
            Report(content.Length);
        }
    }

    private void Judge(TreeItemList items, int item, ReadOnlySpan<byte> content)
    {
        if (items.KindAt(item) == EntryKind.Link)
        {
            _unfit.TakeLink(PathOf(items, item), content);
        }
        else if (_unfit.TakePointer(content.Length, content))
        {
            _unfit.AddPointer(PathOf(items, item));
        }
    }

    private static TreePath PathOf(TreeItemList items, int item) => TreePath.FromBytes(items.PathBytesAt(item));

    private void Report(long size)
    {
        _bytes += size;
        if (++_done % ReportEvery == 0)
        {
            request.Progress?.Invoke(new ArtifactProgress(_done, _bytes));
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
            entries.Add(items.PathBytesAt(i), items.KindAt(i), contents[i]);
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
