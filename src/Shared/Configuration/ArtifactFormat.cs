using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>What a commit becomes. The grammar also knows <c>bundle</c>, which is refused as not yet available.</summary>
[JsonConverter(typeof(WordConverter<ArtifactFormat>))]
public enum ArtifactFormat
{
    Tar,
}
