using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>What one observation came to.</summary>
[JsonConverter(typeof(NameConverter<CheckStatus>))]
public enum CheckStatus
{
    /// <summary>It ran, and what was seen is what was expected.</summary>
    [JsonStringEnumMemberName("HELD")]
    Held,

    /// <summary>It ran, and what was seen is not what was expected.</summary>
    [JsonStringEnumMemberName("NOT_HELD")]
    NotHeld,

    /// <summary>It could not run: a tool is missing, a precondition does not hold. <see cref="Check.Seen"/> says which.</summary>
    [JsonStringEnumMemberName("COULD_NOT_RUN")]
    CouldNotRun,
}
