using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>How contents that lie on the target already come into a new release.</summary>
[JsonConverter(typeof(WordConverter<LinkRule>))]
public enum LinkRule
{
    /// <summary>Each release has files of its own, by reflink where the file system can.</summary>
    Copy,

    /// <summary>Releases share files. None of them may be written to then: they are read-only, for their own commands too.</summary>
    Hard,
}
