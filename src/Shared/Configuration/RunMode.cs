using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>What a run says of itself.</summary>
[JsonConverter(typeof(WordConverter<RunMode>))]
public enum RunMode
{
    /// <summary>It changes nothing.</summary>
    Dry,

    /// <summary>It does the real thing, which leaves something changed.</summary>
    Live,
}
