using System.CommandLine;
using System.CommandLine.Parsing;
using IuCutter.Configuration;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

/// <summary>The options and arguments that several commands share, new for each command.</summary>
internal static class Asks
{
    public static Option<string?> Target() => new("--target", "-t")
    {
        Description = "Where the agent is: unix:///path, ssh://[user@]host[:port][/path] or http://127.0.0.1:port "
            + "(else IUCUTTER_TARGET, else target in iucutter.yaml, else unix:///run/iucutter/agent.sock)",
        HelpName = "ADDRESS",
    };

    public static Option<string> Repository() => new("--repo", "-r")
    {
        Description = "A folder of the git repository",
        HelpName = "PATH",
        DefaultValueFactory = _ => ".",
    };

    public static Option<string?> Slot(string description) => new("--slot", "-s") { Description = description, HelpName = "SLOT" };

    public static Option<string?> Name() => new("--name", "-n") { Description = "The release's name (else name in iucutter.yaml, else the repository's)", HelpName = "NAME" };

    public static Option<bool> Json() => new("--json") { Description = "JSON on standard output, one object a line; what is meant for people goes to standard error" };

    public static Option<bool> Verbose() => new("--verbose", "-v") { Description = "Every check, not only those that did not hold" };

    public static Option<string?> Life(string description) => new("--for") { Description = description, HelpName = "TIME" };

    /// <summary>A time such as 2h; null when none was given.</summary>
    public static TimeSpan? ReadLife(string? text, TimeSpan longest) => text is null ? null
        : Quantity.TryParseTime(text, out var time) && time >= TimeSpan.FromSeconds(1) && time <= longest ? time
        : throw CommandException.Usage($"--for '{SafeText.Line(text)}' is no time from 1s to {longest.TotalHours:0}h", "write one such as 90s, 10m or 1h30m");

    /// <summary>Where a file is to be written, found out before any work is done for it.</summary>
    /// <exception cref="CommandException">No file can be written there.</exception>
    public static string Place(string path, string option, Surroundings here)
    {
        var place = path.Length == 0 ? "" : Path.GetFullPath(path, here.Folder);
        return place.Length == 0 || Directory.Exists(place) || !Directory.Exists(Path.GetDirectoryName(place))
            ? throw CommandException.Usage($"{option} '{SafeText.Line(path)}': no file can be written there", "name a file in a folder that is there")
            : place;
    }

    public static Argument<string> Commit() => NoOption(new Argument<string>("COMMIT")
    {
        Description = "A commit: an id, a branch, a tag or any revision that git knows",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "HEAD",
    });

    public static Argument<string?> Operation(string description = "An operation's id (else the newest)") =>
        NoOption(new Argument<string?>("OPERATION") { Description = description, Arity = ArgumentArity.ZeroOrOne });

    // The library takes a misspelt option for the argument that is still open.
    private static Argument<T> NoOption<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] word }, ..])
            {
                var near = result.Parent is CommandResult { Command: var command } ? Misspelt.Meant(word, command) : null;
                result.AddError($"Unknown option '{word}'.{(near is null ? "" : $" Did you mean '{near}'?")}");
            }
        });
        return argument;
    }
}
