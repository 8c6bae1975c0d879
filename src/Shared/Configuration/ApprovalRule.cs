using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>Whether a person's approval of the plan must be there before a push begins anything.</summary>
[JsonConverter(typeof(WordConverter<ApprovalRule>))]
public enum ApprovalRule
{
    Off,
    Required,
}
