using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>What a gate came to. It is computed from the gate's checks by <see cref="OutcomeRules"/>, never assigned.</summary>
[JsonConverter(typeof(NameConverter<Outcome>))]
public enum Outcome
{
    /// <summary>Every required check ran and held.</summary>
    [JsonStringEnumMemberName("PASS")]
    Pass,

    /// <summary>All that ran held; what could not run is named as a gap with an owner.</summary>
    [JsonStringEnumMemberName("PARTIAL")]
    Partial,

    /// <summary>A check ran and did not hold.</summary>
    [JsonStringEnumMemberName("FAIL")]
    Fail,

    /// <summary>A precondition does not hold, so the gate could not do its work.</summary>
    [JsonStringEnumMemberName("BLOCKED")]
    Blocked,

    /// <summary>An earlier gate stopped the way; the cause names it.</summary>
    [JsonStringEnumMemberName("NOT_EXECUTED")]
    NotExecuted,
}
