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
    private readonly ManifestEntry[] _entries;
    private readonly ManifestContent[] _contents;

    private Manifest(ManifestHeader header, ManifestEntry[] entries)
    {
        Name = header.Name;
        Commit = header.Commit;
        Tree = header.Tree;
        CommitTimeUnix = header.CommitTimeUnix;
        ExportAttributes = header.ExportAttributes;
        _entries = entries;
        _contents = ManifestRules.Check(header, entries, out var contentBytes);
        ContentBytes = contentBytes;
        CanonicalBytes = ManifestText.Write(header, entries, contentBytes);
        Digest = Sha256Digest.Of(CanonicalBytes.Span);
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

    /// <summary>Sorted by path bytes, no two alike.</summary>
    public IReadOnlyList<ManifestEntry> Entries => _entries;

    public ReadOnlyMemory<byte> CanonicalBytes { get; }

    /// <summary>The sha256 of <see cref="CanonicalBytes"/>: the release's identity.</summary>
    public Sha256Digest Digest { get; }

    /// <summary>The sum of all entries' sizes, in bytes; what two entries share counts twice.</summary>
    public long ContentBytes { get; }

    public ReleaseId ReleaseId { get; }

    /// <summary>In order of first appearance, links' targets and empty files among them: what the wire's content numbers count.</summary>
    public IReadOnlyList<ManifestContent> DistinctContents => _contents;

    /// <summary>The entries may come in any order.</summary>
    /// <exception cref="ManifestException">An entry, or two entries together, cannot be in a manifest.</exception>
    public static Manifest Create(
        string name, string commit, string tree, long commitTimeUnix, IEnumerable<ManifestEntry> entries, bool exportAttributes = false)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var sorted = entries.ToArray();
        Array.Sort(sorted, (left, right) => left.Path.CompareTo(right.Path));
        return new Manifest(new ManifestHeader(name, commit, tree, commitTimeUnix, exportAttributes), sorted);
    }

    /// <exception cref="ManifestException">The bytes are not exactly what <see cref="CanonicalBytes"/> of some manifest are.</exception>
    public static Manifest Parse(ReadOnlyMemory<byte> bytes)
    {
        var entries = ManifestText.Read(bytes.Span, out var header);
        var manifest = new Manifest(header, entries);

        // The grammar allows one spelling only; this makes that a fact and no hope, since the digest is taken of these bytes.
        return manifest.CanonicalBytes.Span.SequenceEqual(bytes.Span)
            ? manifest
            : throw new ManifestException(0, "the bytes differ from their own canonical form", "canonical bytes");
    }

    /// <summary>
    /// Writes what <c>sha256sum -c</c> reads. Links are listed as <c># link</c> comments, for sha256sum would follow them.
    /// </summary>
    public void WriteSha256Sum(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        foreach (var entry in _entries)
        {
            Sha256SumFormat.Write(buffer, entry);
            if (buffer.WrittenCount > 1 << 15)
            {
                stream.Write(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
            }
        }

        stream.Write(buffer.WrittenSpan);
    }
}
