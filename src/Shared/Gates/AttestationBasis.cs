using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>What an attestation rests on. Only the first two may say NONE.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttestationBasis>))]
public enum AttestationBasis
{
    /// <summary>Measured before and after.</summary>
    [JsonStringEnumMemberName("observed")]
    Observed,

    /// <summary>It could not happen: a fence, a mask.</summary>
    [JsonStringEnumMemberName("enforced")]
    Enforced,

    /// <summary>Nothing looked. Nothing is claimed.</summary>
    [JsonStringEnumMemberName("not observed")]
    NotObserved,
}
