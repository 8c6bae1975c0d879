namespace IuCutter.Manifests;

/// <summary>
/// What was given is no manifest. <see cref="Line"/> counts the canonical text's lines from 1 and is 0 where no line is at fault;
/// <see cref="What"/> was found, <see cref="Want"/> belongs there.
/// </summary>
public sealed class ManifestException : Exception
{
    public ManifestException(int line, string what, string want)
        : base(line > 0 ? $"Manifest line {line}: {what}; wanted {want}." : $"Manifest: {what}; wanted {want}.")
    {
        Line = line;
        What = what;
        Want = want;
    }

    public ManifestException()
        : this(0, "not a manifest", "a manifest")
    {
    }

    public ManifestException(string message)
        : this(0, message, "a manifest")
    {
    }

    public ManifestException(string message, Exception innerException)
        : base(message, innerException)
    {
        What = message;
        Want = "a manifest";
    }

    public int Line { get; }

    public string What { get; }

    public string Want { get; }
}
