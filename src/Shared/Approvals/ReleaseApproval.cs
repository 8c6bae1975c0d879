using System.Buffers;
using System.Globalization;
using IuCutter.Digests;
using IuCutter.Plans;

namespace IuCutter.Approvals;

/// <summary>
/// A person's word that one plan may be carried out: on one target, once, until a moment. Signed with the person's own ssh key over <see cref="SignedText"/>.
/// </summary>
public sealed record ReleaseApproval
{
    public const string FormatName = "iucutter-approval-v1";

    /// <summary>What ssh-keygen binds the signature to: one that was made for something else is none of these.</summary>
    public const string Namespace = "iucutter-approval-v1";

    public const int NonceBytes = 32;

    public static readonly TimeSpan DefaultLife = TimeSpan.FromHours(2);

    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(7);

    private const int LongestName = 64;
    private static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-");

    public required string Format { get; init; }

    /// <summary>Of the plan's file.</summary>
    public required string PlanSha256 { get; init; }

    public required string Host { get; init; }

    /// <summary>The fingerprint of the agent's key.</summary>
    public required string AgentKey { get; init; }

    public required string Slot { get; init; }

    public required string Release { get; init; }

    /// <summary>As the agent's list of approvers names the person.</summary>
    public required string Approver { get; init; }

    /// <summary>64 hex digits that no other approval has: by them it is told that one was used.</summary>
    public required string Nonce { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The armoured SSH signature; empty only until it is signed.</summary>
    public required string Signature { get; init; }

    public static bool IsName(string name) =>
        name is { Length: > 0 and <= LongestName } && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(NameLetters);

    /// <summary>What is signed: a line a fact.</summary>
    public string SignedText() => string.Join(
        '\n',
        FormatName,
        $"plan-sha256 {PlanSha256}",
        $"host {Host}",
        $"agent-key {AgentKey}",
        $"slot {Slot}",
        $"release {Release}",
        $"approver {Approver}",
        $"nonce {Nonce}",
        $"made-at {Second(MadeAt)}",
        $"expires-at {Second(ExpiresAt)}",
        "");

    /// <summary>Why this is no approval of a plan at a moment, whoever signed it; null when it is one.</summary>
    /// <param name="tolerance">How far the clocks of two hosts may differ.</param>
    public string? RefusalFor(Sha256Digest planDigest, ReleasePlan plan, DateTimeOffset now, TimeSpan tolerance)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (string What, string Approved, string Planned)[] facts =
        [
            ("host", Host, plan.Target.Host),
            ("agent key", AgentKey, plan.Target.AgentKey),
            ("slot", Slot, plan.Slot),
            ("release", Release, plan.Release),
        ];
        return PlanSha256 != planDigest.ToString() ? $"it approves the plan with sha256 {PlanSha256}, and this push is by {planDigest}"
            : Array.Find(facts, f => f.Approved != f.Planned) is { What: { } what } wrong ? $"it is for another target or release ({what} {wrong.Approved}, the plan says {wrong.Planned})"
            : now > ExpiresAt + tolerance ? $"it expired {Second(ExpiresAt)}, and it is {Second(now)}"
            : now < MadeAt - tolerance ? $"it was made {Second(MadeAt)}, and it is only {Second(now)}"
            : ExpiresAt - MadeAt > LongestLife ? $"it is good for longer than {LongestLife.TotalDays:0} days"
            : null;
    }

    private static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
