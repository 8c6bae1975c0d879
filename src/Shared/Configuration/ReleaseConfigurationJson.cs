using System.Text.Json;

namespace IuCutter.Configuration;

/// <summary>
/// The configuration's one JSON form: members in the records' order, no white space, nothing that is unset. It travels to the agent
/// and lies in the ledger. What comes back in is held to the same rules as iucutter.yaml, because the sender may not be ours.
/// </summary>
public static class ReleaseConfigurationJson
{
    /// <summary>The most bytes that are read, as JSON or as YAML.</summary>
    public const int MostBytes = 256 * 1024;

    public static byte[] Serialize(ReleaseConfiguration configuration) =>
        JsonSerializer.SerializeToUtf8Bytes(configuration, ConfigurationJsonContext.Default.ReleaseConfiguration);

    /// <exception cref="ConfigurationException">Not the JSON of a configuration, or one that the rules refuse.</exception>
    public static ReleaseConfiguration Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MostBytes)
        {
            throw Refused("", $"{utf8.Length} bytes; at most {MostBytes} are read");
        }

        ReleaseConfiguration? configuration;
        try
        {
            configuration = JsonSerializer.Deserialize(utf8, ConfigurationJsonContext.Default.ReleaseConfiguration);
        }
        catch (JsonException wrong)
        {
            throw Refused(wrong.Path ?? "", wrong.Message);
        }

        var problems = configuration is null
            ? [new ConfigurationProblem(0, 0, "", "got null; wanted a configuration object")]
            : ConfigurationRules.Problems(configuration);
        return problems.Count == 0 ? configuration! : throw new ConfigurationException(problems);
    }

    /// <summary>The gaps that a configuration in the ledger names, whatever else is in it: an older or newer version may have written that.</summary>
    /// <exception cref="JsonException">This version cannot read them.</exception>
    public static IReadOnlyList<ConfiguredGap> GapsOf(JsonElement configuration) =>
        configuration.TryGetProperty("gaps", out var gaps) ? gaps.Deserialize(ConfigurationJsonContext.Default.IReadOnlyListConfiguredGap) ?? [] : [];

    /// <summary>As <see cref="GapsOf"/>, its conditions.</summary>
    /// <exception cref="JsonException">This version cannot read them.</exception>
    public static IReadOnlyList<Condition> ConditionsOf(JsonElement configuration) =>
        configuration.TryGetProperty("enable_when", out var conditions) ? conditions.Deserialize(ConfigurationJsonContext.Default.IReadOnlyListCondition) ?? [] : [];

    private static ConfigurationException Refused(string key, string message) => new([new ConfigurationProblem(0, 0, key, message)]);
}
