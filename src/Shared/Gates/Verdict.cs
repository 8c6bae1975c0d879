using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>What all gates of an operation amount to, together with the measured state of the target.</summary>
[JsonConverter(typeof(NameConverter<Verdict>))]
public enum Verdict
{
    /// <summary>Every gate PASS, or PARTIAL with its gap named.</summary>
    A,

    /// <summary>Not A, and the target is measured to be as it was.</summary>
    B,

    /// <summary>Not A, and something stays changed or could not be measured.</summary>
    C,
}
