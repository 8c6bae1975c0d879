using System.Text;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager;

/// <summary>What a command needs to know of the process that it runs in.</summary>
internal sealed record Surroundings
{
    public required Stream Out { get; init; }

    public required Screen Screen { get; init; }

    public required Screen Errors { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>The working directory.</summary>
    public required string Folder { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>False when nobody could answer a question.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Who acts, as far as this host knows: user@host.</summary>
    public static string Actor => $"{Environment.UserName}@{Environment.MachineName}";

    // Console's own writers load the terminal's description first, which a start pays for and nothing here needs.
    public static Surroundings OfThisProcess()
    {
        var output = Console.OpenStandardOutput();
        var noColour = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new Surroundings
        {
            Out = output,
            Screen = ScreenOn(output, !Console.IsOutputRedirected, noColour),
            Errors = ScreenOn(Console.OpenStandardError(), !Console.IsErrorRedirected, noColour),
            Variable = Environment.GetEnvironmentVariable,
            Folder = Environment.CurrentDirectory,
            Time = TimeProvider.System,
            IsInteractive = !Console.IsInputRedirected,
        };
    }

    private static Screen ScreenOn(Stream stream, bool isTerminal, bool noColour)
    {
        var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) { AutoFlush = false };
        return new Screen(writer, isTerminal, isTerminal && !noColour, isTerminal ? Math.Max(40, Console.WindowWidth) : 0);
    }
}
