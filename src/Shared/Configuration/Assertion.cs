using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>A statement about the staged release that gate G5 proves. The cases are all there are.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "assert")]
[JsonDerivedType(typeof(FileText), "file")]
[JsonDerivedType(typeof(PathPresent), "present")]
[JsonDerivedType(typeof(PathAbsent), "absent")]
[JsonDerivedType(typeof(Version), "version")]
[JsonDerivedType(typeof(SwitchOffFile), "switch_off_file")]
[JsonDerivedType(typeof(SwitchOffCommand), "switch_off_command")]
[JsonDerivedType(typeof(Refused), "refused")]
public abstract record Assertion
{
    private Assertion()
    {
    }

    public string? Name { get; init; }

    /// <summary>A release file's text; all of the conditions that are given must hold, and at least one is given.</summary>
    public sealed record FileText(string File) : Assertion
    {
        public string? Contains { get; init; }

        /// <summary>A .NET regular expression; ^ and $ match at lines.</summary>
        public string? Matches { get; init; }

        /// <summary>The whole text, but for white space at both ends.</summary>
        public string? EqualTo { get; init; }

        public string? AbsentText { get; init; }
    }

    public sealed record PathPresent(string Path) : Assertion;

    public sealed record PathAbsent(string Path) : Assertion;

    /// <summary>The last line that the command prints is the text.</summary>
    public sealed record Version(CheckCommand Command, string EqualTo) : Assertion;

    /// <summary>A switch reads off in a file: the regular expression matches.</summary>
    public sealed record SwitchOffFile(string File, string Matches) : Assertion;

    /// <summary>A switch reads off by a command whose output holds the text.</summary>
    public sealed record SwitchOffCommand(CheckCommand Command, string Prints) : Assertion;

    /// <summary>The command must be refused: exit code as given, or any but 0, and the output says why.</summary>
    public sealed record Refused(CheckCommand Command, string Says, int? Exit = null) : Assertion;
}
