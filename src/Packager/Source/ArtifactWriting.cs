using System.Security.Cryptography;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>One archive under way: what was written, and what was learnt of it.</summary>
internal sealed class ArtifactWriting(IEntrySource source, ArtifactSink sink, ArtifactRequest request)
{
    private const int ReportEvery = 1000;

    private readonly TarHeader _header = new();
    private readonly UnfitEntries _unfit = new();
    private readonly FileScan? _scan = request.Scan?.Begin();
    private long _reported;

    public ManifestEntryList Entries { get; } = [];

    /// <summary>Where each entry's content stands in the archive.</summary>
    public List<long> Offsets { get; } = [];

    public ScanFindings Findings => _scan?.Findings ?? ScanFindings.None;

    public async ValueTask AddAsync(CancellationToken cancellation)
    {
        _scan?.Open(source.Path);
        var (digest, offset) = source.Kind == EntryKind.Link ? await AddLinkAsync(cancellation) : await AddFileAsync(cancellation);
        _scan?.Close();
        Offsets.Add(offset);
        Entries.Add(new ManifestEntry(source.Path, source.Kind, source.Size, digest));
        if (Entries.Count % ReportEvery == 0 || sink.Position - _reported > 1 << 24)
        {
            Report();
        }
    }

    /// <exception cref="SourceException">What cannot be released, all of it together, once everything was seen.</exception>
    public async ValueTask EndAsync(CancellationToken cancellation)
    {
        _unfit.ThrowIfAny();
        await sink.WriteZerosAsync(2 * TarHeader.Block, cancellation);
        Report();
    }

    private void Report()
    {
        _reported = sink.Position;
        request.Progress?.Invoke(new ArtifactProgress(Entries.Count, sink.Position));
    }

    private async ValueTask<(Sha256Digest Digest, long Offset)> AddLinkAsync(CancellationToken cancellation)
    {
        var target = source.Size is > 0 and <= 4095 ? await source.ReadAsync(cancellation) : ReadOnlyMemory<byte>.Empty;
        if (_unfit.TakeLink(source.Path, target.Span))
        {
            return (default, 0);
        }

        _scan?.Feed(target.Span);
        var digest = Sha256Digest.Of(target.Span);
        var header = _header.Write(source.Path, EntryKind.Link, 0, target.Span, request.Commit.TimeUnix);
        var offset = sink.Position + _header.LinkOffset;
        await sink.WriteAsync(header, cancellation);
        await source.ReadAsync(cancellation);
        return (digest, offset);
    }

    private async ValueTask<(Sha256Digest Digest, long Offset)> AddFileAsync(CancellationToken cancellation)
    {
        await sink.WriteAsync(_header.Write(source.Path, source.Kind, source.Size, [], request.Commit.TimeUnix), cancellation);
        var offset = sink.Position;
        var piece = await source.ReadAsync(cancellation);
        if (_unfit.TakePointer(source.Size, piece.Span))
        {
            _unfit.AddPointer(source.Path);
        }

        var digest = piece.Length == source.Size ? await TakeWholeAsync(piece, cancellation) : await TakePiecesAsync(piece, cancellation);
        await sink.WriteZerosAsync(TarHeader.Padding(source.Size), cancellation);
        return (digest, offset);
    }

    private async ValueTask<Sha256Digest> TakeWholeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        _scan?.Feed(content.Span);
        var digest = Sha256Digest.Of(content.Span);
        await sink.WriteAsync(content, cancellation);
        if (!content.IsEmpty)
        {
            await source.ReadAsync(cancellation);
        }

        return digest;
    }

    private async ValueTask<Sha256Digest> TakePiecesAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (!piece.IsEmpty)
        {
            hash.AppendData(piece.Span);
            _scan?.Feed(piece.Span);
            await sink.WriteAsync(piece, cancellation);
            piece = await source.ReadAsync(cancellation);
        }

        return Sha256Digest.FromBytes(hash.GetHashAndReset());
    }
}
