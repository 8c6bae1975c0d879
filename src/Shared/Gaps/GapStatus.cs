using System.Text.Json.Serialization;

namespace IuCutter.Gaps;

/// <summary>How far a gap is closed, the least first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GapStatus>))]
public enum GapStatus
{
    /// <summary>Nothing shows that it is closed.</summary>
    [JsonStringEnumMemberName("OPEN")]
    Open,

    /// <summary>Some of the checks that it stands for have run and held, others not.</summary>
    [JsonStringEnumMemberName("PARTIAL")]
    Partial,

    /// <summary>Every check that it stands for has run and held, or a person signed that it is closed.</summary>
    [JsonStringEnumMemberName("CLOSED")]
    Closed,
}
