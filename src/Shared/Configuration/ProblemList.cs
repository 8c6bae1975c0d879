namespace IuCutter.Configuration;

/// <summary>Collects what is wrong while a file is read, and where each value of the record-to-be stood.</summary>
internal sealed class ProblemList
{
    /// <summary>Beyond so many the file is not a configuration, and a list of them helps nobody.</summary>
    private const int MostShown = 100;

    private readonly List<ConfigurationProblem> _problems = [];
    private readonly Dictionary<string, (int Line, int Column, string Key)> _places = new(StringComparer.Ordinal);

    public bool IsEmpty => _problems.Count == 0;

    public void Add(ConfigurationProblem problem) => _problems.Add(problem);

    public void Add(int line, int column, string key, string message) => _problems.Add(new ConfigurationProblem(line, column, key, message));

    /// <summary>Remembers where the value that the rules call <paramref name="built"/> was written.</summary>
    public void Place(string built, int line, int column, string key) => _places[built] = (line, column, key);

    /// <summary>Takes up a problem that a rule found in the finished record, and gives it the place of its value or of the nearest one around it.</summary>
    public void AddFound(ConfigurationProblem found)
    {
        for (var built = found.Key; built.Length > 0; built = Around(built))
        {
            if (_places.TryGetValue(built, out var place))
            {
                Add(place.Line, place.Column, place.Key, found.Message);
                return;
            }
        }

        Add(1, 1, found.Key, found.Message);
    }

    public ConfigurationException ToException(string file = ReleaseConfiguration.FileName)
    {
        var ordered = _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).Take(MostShown).ToList();
        if (_problems.Count > MostShown)
        {
            ordered.Add(new ConfigurationProblem(ordered[^1].Line, ordered[^1].Column, "", $"and {_problems.Count - MostShown} more problems"));
        }

        return new ConfigurationException([.. ordered.Select(problem => problem with { File = file })]);
    }

    private static string Around(string built) => built[..Math.Max(0, built.AsSpan().LastIndexOfAny('.', '['))];
}
