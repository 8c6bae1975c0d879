namespace IuCutter.Packager.Source;

/// <summary>
/// The source cannot become an artifact. <see cref="Code"/> is one of <see cref="SourceCodes"/>, the message is one sentence about what is wrong,
/// <see cref="Next"/> one about what to do.
/// </summary>
public sealed class SourceException : Exception
{
    public SourceException(string code, string message, string next, Exception? cause = null)
        : base(message, cause)
    {
        Code = code;
        Next = next;
    }

    public SourceException()
        : this("The source is unusable.")
    {
    }

    public SourceException(string message)
        : this(SourceCodes.GitFailed, message, "")
    {
    }

    public SourceException(string message, Exception innerException)
        : this(SourceCodes.GitFailed, message, "", innerException)
    {
    }

    public string Code { get; }

    public string Next { get; }

    /// <summary>Names the first ten of what is at fault and counts the rest.</summary>
    internal static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(10)) + (names.Count > 10 ? $" and {names.Count - 10} more" : "");
}
