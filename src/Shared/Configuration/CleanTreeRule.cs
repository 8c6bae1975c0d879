using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>What an unclean working tree does to a push. The commit is released either way, never the tree.</summary>
[JsonConverter(typeof(WordConverter<CleanTreeRule>))]
public enum CleanTreeRule
{
    /// <summary>The report says that the tree was unclean.</summary>
    Reported,

    /// <summary>An unclean tree blocks the push.</summary>
    Required,
}
