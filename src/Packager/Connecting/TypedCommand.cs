using IuCutter.Configuration;

namespace IuCutter.Packager.Connecting;

/// <summary>Commands that people are told to type.</summary>
internal static class TypedCommand
{
    private const string Program = "iucutter ";

    /// <summary>The agent does not know by which address it was reached: a command of its words must name it.</summary>
    public static string? On(string? command, TargetAddress address) =>
        command is not null && command.StartsWith(Program, StringComparison.Ordinal) && !command.Contains("--target", StringComparison.Ordinal)
            ? $"{command} --target {Word(address.ToString())}"
            : command;

    /// <summary>An argument as a shell takes it for one word.</summary>
    public static string Word(string argument) => argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || "_./:@%+=,-".Contains(c, StringComparison.Ordinal))
        ? argument
        : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>As <see cref="On"/> for each command that stands between backticks in a text.</summary>
    public static string? InText(string? text, TargetAddress address)
    {
        // What stands between backticks is every second part.
        var parts = text?.Split('`');
        for (var i = 1; i < parts?.Length - 1; i += 2)
        {
            parts![i] = On(parts[i], address)!;
        }

        return parts is null ? null : string.Join('`', parts);
    }
}
