namespace IuCutter.Configuration;

/// <summary>Where the source host copies a push's report to when it has ended. Exactly one of the two is given; each is absolute, or relative to the repository.</summary>
public sealed record PublishRule
{
    /// <summary>A folder: each report becomes a folder of its own in it.</summary>
    public string? Directory { get; init; }

    /// <summary>A git repository on the source host: each report becomes a commit there, which nothing pushes on.</summary>
    public string? Repository { get; init; }
}
