using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>Whether the target's test counts must equal the source host's.</summary>
[JsonConverter(typeof(WordConverter<ParityRule>))]
public enum ParityRule
{
    Required,
    Off,
}
