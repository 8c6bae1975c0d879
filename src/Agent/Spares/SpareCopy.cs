using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Spares;

/// <summary>Copies a release's tree into a spare, one file after the other. What is not as the manifest says is left out.</summary>
internal sealed class SpareCopy(DirectoryHandle release, DirectoryHandle spare, Manifest manifest) : IDisposable
{
    private readonly DirectoryHandle _from = release.OpenDirectory("tree"u8);
    private readonly DirectoryHandle _to = TreeOf(spare);

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    /// <param name="marks">Are told of each of the release's files that was read and is right.</param>
    /// <param name="cancellationToken">Ends it; what was copied stays.</param>
    public void Run(TreeMarks marks, CancellationToken cancellationToken)
    {
        TreeWalk.MakeDirectories(_to, manifest);
        using TreeFiles from = new(_from), to = new(_to);
        var copy = new ContentCopy(_to, to, LinkRule.Copy);
        for (var number = 0; number < manifest.Entries.Count; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = manifest.Entries[number];
            if (entry.Kind == EntryKind.Link)
            {
                CopyLink(entry);
            }
            else
            {
                CopyFile(from, copy, entry, number, marks, cancellationToken);
            }
        }
    }

    /// <summary>Reads the spare's files as they lie there. What cannot be read is left to who takes the spare.</summary>
    /// <param name="marks">Are told of each that is right.</param>
    /// <param name="before">Before all of it was flushed, as <see cref="TreeMarks.Now"/> has it: a page that was written to since must have moved its file's change time, through a mapping too.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void ReadBack(TreeMarks marks, long before, CancellationToken cancellationToken)
    {
        using var files = new TreeFiles(_to);
        for (var number = 0; number < manifest.Entries.Count; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (manifest.KindOf(number) != EntryKind.Link)
            {
                ReadBack(files, number, marks, before, cancellationToken);
            }
        }
    }

    private void ReadBack(TreeFiles files, int number, TreeMarks marks, long before, CancellationToken cancellationToken)
    {
        var content = manifest.DistinctContents[manifest.ContentOf(number)];
        using var file = files.TryOpenRead(manifest.PathBytesOf(number));
        if (file is null)
        {
            return;
        }

        try
        {
            var status = DirectoryHandle.StatusOf(file);
            if (ContentDigest.Of(file, out _, content.Size, cancellationToken) == content.Digest)
            {
                marks.Note(number, status, before);
            }
        }
        catch (PosixException)
        {
        }
    }

    private static DirectoryHandle TreeOf(DirectoryHandle spare)
    {
        spare.MakeDirectory("tree"u8, TreeWalk.FolderMode);
        return spare.OpenDirectory("tree"u8);
    }

    private void CopyLink(ManifestEntry entry)
    {
        var path = entry.Path.ToBytes();
        if (_to.Status(path) is null && _from.ReadLink(path) is { } text && Sha256Digest.Of(text) == entry.Content)
        {
            _to.MakeLink(path, text);
        }
    }

    private void CopyFile(TreeFiles from, ContentCopy copy, ManifestEntry entry, int number, TreeMarks marks, CancellationToken cancellationToken)
    {
        CrashPoint.Reach("C32.before");
        using var source = _to.Status(entry.Path.ToBytes()) is null ? from.TryOpenRead(entry.Path.ToBytes()) : null;
        if (source is not null)
        {
            var askedAt = marks.Now;
            var status = DirectoryHandle.StatusOf(source);
            if (copy.Make(source, entry, cancellationToken))
            {
                marks.Note(number, status, askedAt);
            }
        }

        CrashPoint.Reach("C32.after");
    }
}
