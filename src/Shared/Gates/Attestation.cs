using System.Collections.Immutable;

namespace IuCutter.Gates;

/// <summary>One line of what an operation did not do to its target, or did, with what that rests on.</summary>
/// <param name="Id">Stable name, e.g. <c>production-mutation</c>.</param>
/// <param name="Subject">What is spoken of, for people.</param>
/// <param name="Says">NONE, or what happened, or why nothing can be said.</param>
/// <param name="Evidence">The checks and ledger lines that show it: <c>G4.anchors.staged</c>, <c>line 17</c>.</param>
public sealed record Attestation(string Id, string Subject, AttestationBasis Basis, string Says, ImmutableArray<string> Evidence)
{
    public const string None = "NONE";

    /// <summary>From two looks. Without both of them, or without evidence of them, nothing is claimed.</summary>
    /// <param name="happened">What differs; empty for nothing.</param>
    public static Attestation Observed(string id, string subject, bool looked, string whyNot, IReadOnlyCollection<string> happened, params ImmutableArray<string> evidence) =>
        looked && !evidence.IsEmpty
            ? new(id, subject, AttestationBasis.Observed, happened.Count == 0 ? None : string.Join("; ", happened), evidence)
            : NotObserved(id, subject, whyNot);

    public static Attestation NotObserved(string id, string subject, string why) => new(id, subject, AttestationBasis.NotObserved, why, []);

    public bool SaysNone => Basis is AttestationBasis.Observed or AttestationBasis.Enforced && Says == None;
}
