namespace IuCutter.Configuration;

/// <summary>A configuration that is refused, with all that is wrong with it in the file's order.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
    : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;
}
