namespace IuCutter.Packager;

/// <summary>
/// A command ends here. <see cref="Code"/> is a stable name for programs, the message one sentence about what is wrong, <see cref="Next"/> what to do.
/// </summary>
internal sealed class CommandException(ExitCode exit, string code, string message, string? next = null, Exception? cause = null)
    : Exception(message, cause)
{
    public ExitCode Exit { get; } = exit;

    public string Code { get; } = code;

    public string? Next { get; } = next;

    public static CommandException Usage(string message, string? next = null) => new(ExitCode.Usage, "BAD_USAGE", message, next);
}
