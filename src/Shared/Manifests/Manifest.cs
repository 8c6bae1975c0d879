using System.Buffers;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>
/// What one commit becomes, entry for entry: the identity of a release. Immutable. It holds only what the commit determines, so that every
/// machine gets the same bytes. <see cref="CanonicalBytes"/> are LF lines:
/// <code>
/// iucutter-manifest 1
/// name N
/// commit C
/// tree T
/// committed UNIX
/// export-attributes on        (only where the source's export attributes were honoured)
/// entries N
/// bytes N
///
/// &lt;sha256&gt; &lt;size&gt; &lt;mode&gt; &lt;path&gt;
/// </code>
/// mode is 644, 755 or link; entries are sorted by path bytes; in a path only backslash, LF and CR are escaped (as \\, \n, \r).
/// </summary>
public sealed class Manifest
{
    private readonly ManifestTable _table;

    private Manifest(ReadOnlyMemory<byte> text)
    {
        _table = ManifestText.Read(text, out var header, out var contentBytes);
        Name = header.Name;
        Commit = header.Commit;
        Tree = header.Tree;
        CommitTimeUnix = header.CommitTimeUnix;
        ExportAttributes = header.ExportAttributes;
        ContentBytes = contentBytes;
        CanonicalBytes = text;
        Digest = Sha256Digest.Of(text.Span);
        ReleaseId = ReleaseId.Of(Name, Commit, Digest);
    }

    public string Name { get; }

    /// <summary>The full id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.</summary>
    public string Commit { get; }

    /// <summary>The full id of the commit's tree.</summary>
    public string Tree { get; }

    /// <summary>Seconds since 1970, from the commit's committer line.</summary>
    public long CommitTimeUnix { get; }

    /// <summary>Whether export-ignore and export-subst were honoured: then the entries are not the commit's tree exactly.</summary>
    public bool ExportAttributes { get; }

    /// <summary>Sorted by path bytes, no two alike. Each is read from the text when it is asked for: hold on to one that is needed twice.</summary>
    public IReadOnlyList<ManifestEntry> Entries => _table;

    public ReadOnlyMemory<byte> CanonicalBytes { get; }

    /// <summary>The sha256 of <see cref="CanonicalBytes"/>: the release's identity.</summary>
    public Sha256Digest Digest { get; }

    /// <summary>The sum of all entries' sizes, in bytes; what two entries share counts twice.</summary>
    public long ContentBytes { get; }

    public ReleaseId ReleaseId { get; }

    /// <summary>In order of first appearance, links' targets and empty files among them: what the wire's content numbers count.</summary>
    public IReadOnlyList<ManifestContent> DistinctContents => _table.Contents;

    /// <summary>The entries may come in any order; a <see cref="ManifestEntryList"/> in order costs the least.</summary>
    /// <exception cref="ManifestException">An entry, or two entries together, cannot be in a manifest.</exception>
    public static Manifest Create(
        string name, string commit, string tree, long commitTimeUnix, IReadOnlyList<ManifestEntry> entries, bool exportAttributes = false)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries is not ManifestEntryList { IsSorted: true } list)
        {
            list = [];
            foreach (var entry in entries.OrderBy(entry => entry.Path))
            {
                list.Add(entry);
            }
        }

        // Read back at once: one place holds the rules, for what is made here and for what is received.
        return new Manifest(ManifestText.Write(new ManifestHeader(name, commit, tree, commitTimeUnix, exportAttributes), list));
    }

    /// <param name="bytes">Are kept, and must not change any more.</param>
    /// <exception cref="ManifestException">The bytes are not exactly what <see cref="CanonicalBytes"/> of some manifest are.</exception>
    public static Manifest Parse(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>The number of an entry's content in <see cref="DistinctContents"/>.</summary>
    public int ContentOf(int entry) => _table.ContentOf(entry);

    /// <summary>The same as the entry's own kind, without reading its path.</summary>
    public EntryKind KindOf(int entry) => _table.KindOf(entry);

    /// <summary>The bytes of an entry's path, without making text of them.</summary>
    public ReadOnlySpan<byte> PathBytesOf(int entry) => _table.PathBytes(entry);

    /// <summary>Whether an entry of this manifest is, path and all, one of another.</summary>
    public bool HasSame(int entry, Manifest other, int otherEntry) =>
        DistinctContents[ContentOf(entry)] == other.DistinctContents[other.ContentOf(otherEntry)] && KindOf(entry) == other.KindOf(otherEntry)
        && _table.EscapedPath(entry).SequenceEqual(other._table.EscapedPath(otherEntry));

    /// <summary>The number of the entry at a path; -1 where there is none.</summary>
    /// <param name="likely">Where it is looked for first.</param>
    public int Find(ReadOnlySpan<byte> path, int likely = -1) => _table.IsAt(likely, path) ? likely : Math.Max(_table.Find(path), -1);

    /// <summary>Whether entries lie below a path.</summary>
    public bool IsFolder(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> below = [.. path, (byte)'/'];
        var next = ~_table.Find(below);
        return next < _table.Count && _table.PathBytes(next).StartsWith(below);
    }

    /// <summary>
    /// Writes what <c>sha256sum -c</c> reads. Links are listed as <c># link</c> comments, for sha256sum would follow them.
    /// </summary>
    public void WriteSha256Sum(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        for (var i = 0; i < _table.Count; i++)
        {
            Sha256SumFormat.Write(buffer, _table.KindOf(i), DistinctContents[ContentOf(i)].Digest, _table.EscapedPath(i));
            if (buffer.WrittenCount > 1 << 15)
            {
                stream.Write(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
            }
        }

        stream.Write(buffer.WrittenSpan);
    }
}
