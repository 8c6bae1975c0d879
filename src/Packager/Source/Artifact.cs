using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>
/// What one commit became: its manifest, and the canonical tar in a file that is this process's own until it is disposed of.
/// </summary>
public sealed class Artifact : IDisposable
{
    private readonly SpoolFile _spool;
    private readonly long[] _contentOffsets;

    internal Artifact(Manifest manifest, Sha256Digest tarDigest, long tarSize, SpoolFile spool, long[] contentOffsets, ScanFindings findings)
    {
        Manifest = manifest;
        TarDigest = tarDigest;
        TarSize = tarSize;
        TreeFindings = findings;
        _spool = spool;
        _contentOffsets = contentOffsets;
    }

    public Manifest Manifest { get; }

    /// <summary>The sha256 of the archive: what people compare.</summary>
    public Sha256Digest TarDigest { get; }

    /// <summary>The archive's size in bytes.</summary>
    public long TarSize { get; }

    /// <summary>What the scan of the commit's tree found; empty where no scan was asked for.</summary>
    public ScanFindings TreeFindings { get; }

    /// <summary>For each of <see cref="Manifest.DistinctContents"/> the offset in the archive where its bytes begin.</summary>
    public IReadOnlyList<long> ContentOffsets => _contentOffsets;

    /// <summary>The archive from its start. Several may be open at once; each is the caller's to dispose of, before the artifact.</summary>
    public Stream OpenTar() => new SpoolStream(_spool.Handle, TarSize);

    /// <summary>Reads bytes of one distinct content into the buffer; 0 at its end.</summary>
    /// <param name="content">Its number in <see cref="Manifest.DistinctContents"/>.</param>
    /// <param name="offset">Where in the content to begin, in bytes.</param>
    /// <param name="buffer">Is filled as far as the content goes.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async ValueTask<int> ReadContentAsync(int content, long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        var left = Manifest.DistinctContents[content].Size - offset;
        ArgumentOutOfRangeException.ThrowIfNegative(left, nameof(offset));
        buffer = buffer[..(int)Math.Min(buffer.Length, left)];
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await RandomAccess.ReadAsync(_spool.Handle, buffer[filled..], _contentOffsets[content] + offset + filled, cancellation);
            filled += read > 0 ? read : throw new EndOfStreamException("The archive was cut short while it was being read.");
        }

        return buffer.Length;
    }

    /// <summary>The same as a release's contents, which own the archive from then on.</summary>
    internal ReleaseContents ToContents()
    {
        var spool = new ContentSpool(_spool);
        spool.Place(_contentOffsets);
        return new ReleaseContents(Manifest, TreeFindings, spool, git: null, []);
    }

    public void Dispose() => _spool.Dispose();
}
