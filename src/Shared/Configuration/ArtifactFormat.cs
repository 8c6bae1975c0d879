using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>What a commit becomes.</summary>
[JsonConverter(typeof(WordConverter<ArtifactFormat>))]
public enum ArtifactFormat
{
    /// <summary>The commit's files: a push sends those contents that the target lacks.</summary>
    Tar,

    /// <summary>The commit with its history: a push sends one git bundle, incremental where the target's mirror holds commits before it.</summary>
    Bundle,
}
