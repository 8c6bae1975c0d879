using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Spares;

/// <summary>Copies a release's tree into a spare, one file after the other. What is not as the manifest says is left out.</summary>
/// <param name="marks">Are told of each of the release's files that was read and is right.</param>
internal sealed class SpareCopy(DirectoryHandle release, DirectoryHandle spare, Manifest manifest, TreeMarks marks) : IDisposable
{
    private readonly DirectoryHandle _from = release.OpenDirectory("tree"u8);
    private readonly DirectoryHandle _to = TreeOf(spare);

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    public void Run(CancellationToken cancellationToken)
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
                CopyFile(from, copy, entry, number, cancellationToken);
            }
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

    private void CopyFile(TreeFiles from, ContentCopy copy, ManifestEntry entry, int number, CancellationToken cancellationToken)
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
