using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IuCutter.Digests;
using IuCutter.Ledgers;

namespace IuCutter.Plans;

/// <summary>
/// What a push would do to one target, and how that target was found: made and signed by the target's agent, locked by its sha256. All of it but the
/// times and the signature is held against the target again before anything is begun.
/// </summary>
public sealed record ReleasePlan
{
    public const string FormatName = "iucutter-plan-v1";

    public static readonly TimeSpan DefaultLife = TimeSpan.FromHours(24);

    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    public required string Format { get; init; }

    public required PlanTarget Target { get; init; }

    public required string Slot { get; init; }

    public required string Release { get; init; }

    public required string Commit { get; init; }

    public required string ManifestSha256 { get; init; }

    /// <summary>Of the configuration's canonical JSON, with what was detected.</summary>
    public required string ConfigurationSha256 { get; init; }

    public required long Entries { get; init; }

    public required long Bytes { get; init; }

    /// <summary>The gaps that the push is asked for with, one sentence each with its owner.</summary>
    public required ImmutableArray<string> LeftOut { get; init; }

    public required PlanSurvey Survey { get; init; }

    /// <summary>What will run on the target, in order.</summary>
    public required ImmutableArray<PlanCommand> Commands { get; init; }

    public required string WayBack { get; init; }

    /// <summary>Whether a person's approval of this very plan must be there first.</summary>
    public required bool ApprovalRequired { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Null only until the agent has signed.</summary>
    public PlanSignature? Signature { get; init; }

    /// <summary>What the agent signs. Its first line keeps the signature from serving for anything else.</summary>
    public string SignedText() => $"{FormatName}\n{Sha256Digest.Of(PlanJson.Write(this with { Signature = null }))}\n";

    /// <summary>Why the plan is not good at a moment; null when it is.</summary>
    /// <param name="tolerance">How far the clock may differ from that of the agent that made it.</param>
    public string? RefusalAt(DateTimeOffset now, TimeSpan tolerance) => now > ExpiresAt + tolerance || now < MadeAt - tolerance
        ? $"the plan is good from {Moment(MadeAt)} to {Moment(ExpiresAt)}, and it is {Moment(now)}"
        : null;

    /// <summary>True when the key that the plan names has signed it. Whose key that is, the caller must know.</summary>
    public bool Verifies()
    {
        try
        {
            var (spki, signature) = (Decode(Signature?.PublicKey ?? ""), Decode(Signature?.Value ?? ""));
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(spki, out _);
            return LedgerReceipt.FingerprintOf(spki) == Target.AgentKey
                && key.VerifyData(Encoding.UTF8.GetBytes(SignedText()), signature, HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is FormatException or CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Base64 in its one spelling: the last character of a text with padding has bits to spare.</summary>
    private static byte[] Decode(string base64) => Convert.FromBase64String(base64) is var bytes && Convert.ToBase64String(bytes) == base64
        ? bytes
        : throw new FormatException("not the canonical spelling");

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
