using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>A release's tree at one moment: held against its manifest, and what lies beside the manifest's files.</summary>
public sealed record ReleaseReading(TreeComparison Files, ExtraPaths Extra)
{
    /// <summary>By which name a check keeps <see cref="ExtraPaths.Digest"/>, for an agent that has to compare after a restart.</summary>
    public const string ExtraSha256 = "extra paths sha256";

    public (string, object)[] Measured => [("files", Files.Files), ("bytes", Files.Bytes), ("extra paths", Extra.Count), (ExtraSha256, Extra.Digest)];

    public static ReleaseReading Take(DeployRoot root, ReleaseId id, CancellationToken cancellationToken) =>
        new(ReleaseFolder.Verify(root, id, cancellationToken), ReleaseFolder.Extra(root, id, cancellationToken));

    /// <summary>How the release differs from this reading now, in a sentence; null when it does not.</summary>
    /// <param name="filesHold">True when the manifest's files were read just now, and are what they should be.</param>
    public string? ChangeSince(DeployRoot root, ReleaseId id, bool filesHold, CancellationToken cancellationToken)
    {
        var now = filesHold ? Files : ReleaseFolder.TryVerify(root, id, cancellationToken);
        if (now is null || now.HoldsTheManifest != Files.HoldsTheManifest || (!now.HoldsTheManifest && now.ToString() != Files.ToString()))
        {
            return $"release {id} was {Files}; now {now?.ToString() ?? "cannot be read any more"}";
        }

        return ReleaseFolder.TryExtra(root, id, cancellationToken) is { } extra
            ? extra.ChangesSince(Extra) is { } change ? $"release {id}: {change}" : null
            : $"release {id}: what lies beside the manifest's files cannot be read any more";
    }
}
