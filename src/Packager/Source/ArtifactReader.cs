using System.Security.Cryptography;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>
/// Reads a finished artifact back and believes nothing: first the whole stream's sha256, then every header byte for byte as our own writer
/// would have made it, then the end marker and nothing after it.
/// </summary>
public static class ArtifactReader
{
    /// <param name="tar">The archive; it must be seekable, for it is read twice.</param>
    /// <param name="expected">The archive's sha256.</param>
    /// <param name="scan">Scans paths and contents; null for no scan.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="SourceException">ARTIFACT_DIGEST_MISMATCH or ARTIFACT_MALFORMED.</exception>
    public static async Task<ArtifactContents> ReadAsync(Stream tar, Sha256Digest expected, ContentScan? scan, CancellationToken cancellation)
    {
        tar.Position = 0;
        var digest = Sha256Digest.FromBytes(await SHA256.HashDataAsync(tar, cancellation));
        if (digest != expected)
        {
            throw new SourceException(
                SourceCodes.ArtifactDigestMismatch, $"The archive's sha256 is {digest}, not {expected}.", "Fetch or pack it again: these are other bytes.");
        }

        tar.Position = 0;
        var input = new TarInput(tar);
        var header = new TarHeader();
        var findings = scan?.Begin();
        var entries = new ManifestEntryList();
        TreePath? last = null;
        long? time = null;
        while (await input.NextAsync(cancellation) is { } entry)
        {
            time ??= entry.TimeUnix;
            if (entry.Kind is not { } kind || !header.Write(entry.Path, kind, entry.Size, entry.Link, time.Value).Span.SequenceEqual(entry.Raw))
            {
                throw input.Malformed($"a header for '{entry.Path}' that is not ours");
            }

            if (last >= entry.Path)
            {
                throw input.Malformed($"'{entry.Path}' after '{last}'");
            }

            last = entry.Path;
            findings?.Open(entry.Path);
            entries.Add(await TakeAsync(input, entry, kind, findings, cancellation));
            findings?.Close();
        }

        await input.EndAsync(mayPad: false, cancellation);
        return entries.Count > 0
            ? new ArtifactContents(entries, time ?? 0, input.Offset, findings?.Findings ?? ScanFindings.None)
            : throw input.Malformed("no entry");
    }

    private static async ValueTask<ManifestEntry> TakeAsync(
        TarInput input, TarEntry entry, EntryKind kind, FileScan? findings, CancellationToken cancellation)
    {
        if (kind == EntryKind.Link)
        {
            findings?.Feed(entry.Link);
            return new ManifestEntry(entry.Path, kind, entry.Link.Length, Sha256Digest.Of(entry.Link));
        }

        var piece = await input.ReadAsync(cancellation);
        if (piece.Length == entry.Size)
        {
            findings?.Feed(piece.Span);
            var whole = new ManifestEntry(entry.Path, kind, entry.Size, Sha256Digest.Of(piece.Span));
            await SkipPaddingAsync(input, piece, cancellation);
            return whole;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (!piece.IsEmpty)
        {
            hash.AppendData(piece.Span);
            findings?.Feed(piece.Span);
            piece = await input.ReadAsync(cancellation);
        }

        return new ManifestEntry(entry.Path, kind, entry.Size, Sha256Digest.FromBytes(hash.GetHashAndReset()));
    }

    private static async ValueTask SkipPaddingAsync(TarInput input, ReadOnlyMemory<byte> last, CancellationToken cancellation)
    {
        if (!last.IsEmpty)
        {
            await input.ReadAsync(cancellation);
        }
    }
}
