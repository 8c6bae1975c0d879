namespace IuCutter.Configuration;

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Line">Counted from 1; 0 when the configuration came as JSON.</param>
/// <param name="Column">Counted from 1, in characters; 0 as Line.</param>
/// <param name="Key">The way to the value, e.g. <c>test[0].timeout</c>; empty for the file as a whole.</param>
/// <param name="Message">What was got and what is wanted.</param>
public sealed record ConfigurationProblem(int Line, int Column, string Key, string Message)
{
    /// <summary>The file, for people.</summary>
    public string File { get; init; } = ReleaseConfiguration.FileName;

    public override string ToString() =>
        $"{(Line > 0 ? $"{File}:{Line}:{Column}: " : "")}{(Key.Length > 0 ? $"{Key}: " : "")}{Message}";
}
