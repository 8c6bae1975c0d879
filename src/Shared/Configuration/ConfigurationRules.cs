namespace IuCutter.Configuration;

/// <summary>What a configuration's values must hold, whether they were read from YAML or from JSON.</summary>
public static class ConfigurationRules
{
    /// <summary>Every problem, with Line and Column 0: who knows where the values stood fills them in.</summary>
    public static IReadOnlyList<ConfigurationProblem> Problems(ReleaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return [];
    }

    public static string? AbsolutePathRefusal(string path) => path.StartsWith('/') ? null : "is not absolute";
}
