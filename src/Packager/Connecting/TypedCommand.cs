using IuCutter.Configuration;

namespace IuCutter.Packager.Connecting;

/// <summary>The agent does not know by which address it was reached; a command of its words that is to be typed here must name it.</summary>
internal static class TypedCommand
{
    private const string Program = "iucutter ";

    public static string? On(string? command, TargetAddress address) =>
        command is not null && command.StartsWith(Program, StringComparison.Ordinal) && !command.Contains("--target", StringComparison.Ordinal)
            ? $"{command} --target {address}"
            : command;

    /// <summary>The same for each command that stands between backticks in a text.</summary>
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
