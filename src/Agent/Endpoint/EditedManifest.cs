using IuCutter.Agent.Pushing;
using IuCutter.Agent.Releases;
using IuCutter.Digests;
using IuCutter.Ledgers;
using IuCutter.Manifests;

namespace IuCutter.Agent.Endpoint;

/// <summary>A manifest that came as an edit of one that lies on the target.</summary>
internal static class EditedManifest
{
    private const int MostBases = 32;

    /// <summary>The releases whose manifests are worth an edit, the likeliest first: the slot's live one, those on its way back, and others of the same name.</summary>
    public static IEnumerable<string> Bases(DeployRoot root, SlotHistory history, ReleaseId release) =>
        history.WayBack.Reverse().Prepend(history.Live).OfType<string>()
            .Concat(root.Releases().OrderBy(r => r.Name == release.Name ? 0 : 1).Select(r => r.ToString()))
            .Distinct(StringComparer.Ordinal)
            .Take(MostBases);

    /// <exception cref="RefusalException">Nothing comes out of it that could be the push's manifest.</exception>
    public static ReadOnlyMemory<byte> Read(DeployRoot root, PushOrder order, Protos.V1.ManifestEdit edit)
    {
        var earlier = ReleaseId.TryParse(edit.Release, out var release) && root.Has(release) ? ReleaseFolder.TryReadManifest(root, release) : null;
        var manifest = earlier is null ? null : new ManifestEdit(edit.Steps, edit.Text.Memory).Apply(earlier.CanonicalBytes.Span, order.ManifestBytes);
        return manifest is not null && Sha256Digest.Of(manifest) == order.Manifest
            ? manifest
            : throw new RefusalException(
                RefusalCode.DigestMismatch,
                $"the push's manifest does not come out of {(earlier is null ? "a release that is not there whole" : $"that of {release}")} by the edit",
                "offer the manifest whole");
    }
}
