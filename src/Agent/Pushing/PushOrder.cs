using System.Text.Json;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Manifests;

namespace IuCutter.Agent.Pushing;

/// <summary>What a packager asks to be pushed, after every field was found to be what it says.</summary>
public sealed record PushOrder
{
    public required string Slot { get; init; }

    public required ReleaseId Release { get; init; }

    public required string Commit { get; init; }

    public required Sha256Digest Manifest { get; init; }

    /// <summary>The size of the manifest's canonical bytes.</summary>
    public required long ManifestBytes { get; init; }

    /// <summary>The sum of all entries' sizes, in bytes.</summary>
    public required long ContentBytes { get; init; }

    public required long Entries { get; init; }

    public required string ArtifactFormat { get; init; }

    public required Sha256Digest Artifact { get; init; }

    public required ReleaseConfiguration Configuration { get; init; }

    /// <summary>The configuration's canonical JSON, as it arrived.</summary>
    public required byte[] ConfigurationJson { get; init; }

    public required IReadOnlyList<GateResult> SourceGates { get; init; }

    public required string Repository { get; init; }

    public required string Ref { get; init; }

    public required string PushedBy { get; init; }

    /// <summary>True: every gate runs again even if this very release is live and proved.</summary>
    public required bool Again { get; init; }

    /// <summary>Whether what the target lacks comes as one git bundle. A tar that was carried to the source host has no commit to bundle.</summary>
    public bool TravelsAsBundle => Configuration.Format == IuCutter.Configuration.ArtifactFormat.Bundle && ArtifactFormat != "tar";

    /// <summary>The locked plan's bytes, as they arrived; empty without one.</summary>
    public byte[] Plan { get; init; } = [];

    /// <summary>A person's approval of the plan, as it arrived; empty without one.</summary>
    public byte[] Approval { get; init; } = [];

    public Sha256Digest? PlanDigest => Plan.Length == 0 ? null : Sha256Digest.Of(Plan);

    /// <summary>The same release with the same configuration, by the same plan if by any: a second push of it can join the first.</summary>
    public bool IsSameAs(PushOrder other) =>
        Slot == other.Slot && Manifest == other.Manifest && ConfigurationJson.AsSpan().SequenceEqual(other.ConfigurationJson) && PlanDigest == other.PlanDigest;

    public LedgerEvent.OperationBegun ToLedger() => new("push", Slot, PushedBy, Release.ToString(), new LedgerEvent.PushSubject(
        Commit, Manifest.ToString(), ArtifactFormat, Artifact.ToString(), Repository, Ref, JsonElement.Parse(ConfigurationJson), PlanDigest?.ToString()));
}
