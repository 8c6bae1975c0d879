using System.IO.Compression;
using Google.Protobuf;
using IuCutter.Manifests;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>A push's manifest on its way: once, and as an edit where the target has one that it comes out of; whole where that did not do.</summary>
/// <param name="releases">Whose manifests the target has, as it says.</param>
/// <param name="isBesideBundle">Whether the contents travel as a bundle: beside one a manifest would be most of what travels, so it is compressed.</param>
internal sealed class ManifestOffer(Manifest manifest, IEnumerable<string> releases, ManifestMemory memory, bool isBesideBundle) : IAsyncDisposable
{
    // Small enough that the target reads them into memory that is used again: larger arrays are made anew each, page by page.
    private const int PartBytes = 64 * 1024;
    private const int CompressedPartBytes = 256 * 1024;
    private const int Quality = 9;
    private const int WindowBits = 20;

    // A longer edit saves too little, and would not fit a message.
    private const int LongestEdit = 2 << 20;
    private Task _keeping = Task.CompletedTask;
    private bool _isThere;
    private bool _isEditTried;

    /// <summary>The parts of the next offer: an edit the first time, if there can be one; the whole manifest until it was taken; and then none of it.</summary>
    public IEnumerable<OfferPart> Parts(string operation)
    {
        if (_isThere)
        {
            return [new OfferPart { OperationId = operation }];
        }

        var edit = _isEditTried ? null : Edit();
        _isEditTried = true;
        return edit is null ? Whole(operation) : [new OfferPart { OperationId = operation, ManifestEdit = edit }];
    }

    /// <summary>The target has it.</summary>
    public void Taken()
    {
        if (!_isThere)
        {
            _isThere = true;
            _keeping = Task.Run(() => memory.Keep(manifest));
        }
    }

    public async ValueTask DisposeAsync() => await _keeping;

    private Protos.V1.ManifestEdit? Edit()
    {
        if (memory.Find(releases) is not var (release, earlier))
        {
            return null;
        }

        var edit = Manifests.ManifestEdit.Between(earlier, manifest.CanonicalBytes.Span);
        var length = edit.Text.Length + (sizeof(ulong) * edit.Steps.Count);
        if (length > LongestEdit || length > manifest.CanonicalBytes.Length / 2)
        {
            return null;
        }

        var message = new Protos.V1.ManifestEdit { Release = release.ToString(), Text = UnsafeByteOperations.UnsafeWrap(edit.Text) };
        message.Steps.AddRange(edit.Steps);
        return message;
    }

    private IEnumerable<OfferPart> Whole(string operation)
    {
        var text = manifest.CanonicalBytes;
        var partBytes = isBesideBundle ? CompressedPartBytes : PartBytes;
        for (var at = 0; at < text.Length; at += partBytes)
        {
            yield return PartOf(text.Slice(at, Math.Min(partBytes, text.Length - at)), at == 0 ? operation : "");
        }
    }

    private OfferPart PartOf(ReadOnlyMemory<byte> piece, string operation)
    {
        var part = new OfferPart { OperationId = operation };
        var room = new byte[isBesideBundle ? piece.Length : 0];
        if (room.Length > 0 && BrotliEncoder.TryCompress(piece.Span, room, out var length, Quality, WindowBits))
        {
            part.ManifestBrotli = new CompressedData { Data = UnsafeByteOperations.UnsafeWrap(room.AsMemory(0, length)), Size = (uint)piece.Length };
        }
        else
        {
            part.Manifest = UnsafeByteOperations.UnsafeWrap(piece);
        }

        return part;
    }
}
