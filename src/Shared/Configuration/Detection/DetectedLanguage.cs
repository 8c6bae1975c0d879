using System.Text.Json.Serialization;

namespace IuCutter.Configuration.Detection;

/// <summary>A build system whose marker files are known.</summary>
[JsonConverter(typeof(WordConverter<DetectedLanguage>))]
public enum DetectedLanguage
{
    Python,
    Dotnet,
    Node,
    Go,
    Rust,
    Make,
}
