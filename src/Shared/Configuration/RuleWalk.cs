using System.Buffers;
using System.Globalization;

namespace IuCutter.Configuration;

/// <summary>Collects what the rules find, each under the way to its value.</summary>
internal sealed class RuleWalk
{
    public const long LeastMemory = 1 << 20;
    private const int LongestText = 10_000;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public List<ConfigurationProblem> Problems { get; } = [];

    public void Refuse(string key, string message) => Problems.Add(new ConfigurationProblem(0, 0, key, message));

    public void Absolute(string key, string path)
    {
        if (PathRules.AbsoluteRefusal(path) is { } refusal)
        {
            Refuse(key, $"{Quoted.Text(path)} {refusal}");
        }
    }

    public void Relative(string key, string path)
    {
        if (PathRules.RelativeRefusal(path) is { } refusal)
        {
            Refuse(key, $"{Quoted.Text(path)} {refusal}");
        }
    }

    /// <param name="or">What else is taken, for people.</param>
    public void Sha256(string key, string? digest, string? or = null)
    {
        if (digest is not null && (digest.Length != 64 || digest.AsSpan().ContainsAnyExcept(HexDigits)))
        {
            Refuse(key, $"got {Quoted.Text(digest)}; wanted a sha256 as 64 lower-case hex digits{(or is null ? "" : $", or {or}")}");
        }
    }

    /// <summary>A text that is compared or searched for; an empty one would always be found.</summary>
    public void Text(string key, string? text)
    {
        if (text is { Length: 0 or > LongestText })
        {
            Refuse(key, $"got a text of {text.Length} characters; wanted 1 to {LongestText}");
        }
    }

    public void Pattern(string key, string? pattern)
    {
        if (pattern is not null && AssertionPattern.Refusal(pattern) is { } refusal)
        {
            Refuse(key, refusal);
        }
    }

    public void Range(string key, long number, long least, long most)
    {
        if (number < least || number > most)
        {
            Refuse(key, string.Create(CultureInfo.InvariantCulture, $"got {number}; wanted {least} to {most}"));
        }
    }

    /// <summary>Each item in turn; JSON can hold a null where the record says that there is none.</summary>
    public void Each<T>(string key, IReadOnlyList<T>? items, Action<string, T> rule)
        where T : class
    {
        for (var index = 0; index < (items?.Count ?? 0); index++)
        {
            if (items![index] is { } item)
            {
                rule($"{key}[{index}]", item);
            }
            else
            {
                Refuse($"{key}[{index}]", "got null; wanted a value");
            }
        }
    }

    public void Command(string key, CheckCommand command)
    {
        if (command.Run.Count == 0 || command.Run[0] is "" or null)
        {
            Refuse($"{key}.run", "names no program; wanted [program, argument, ...]");
        }

        Each($"{key}.run", command.Run, Argument);
        Text($"{key}.name", command.Name);
        if (command.Directory is { } directory)
        {
            Relative($"{key}.directory", directory);
        }

        if (command.Timeout < TimeSpan.FromSeconds(1) || command.Timeout > CheckCommand.LongestTimeout)
        {
            Refuse($"{key}.timeout", "out of range; wanted 1s to 24h");
        }

        Each($"{key}.environment", command.Environment, Variable);
        Settings($"{key}.set", command);
        Range($"{key}.memory", command.Memory ?? LeastMemory, LeastMemory, long.MaxValue);
        Range($"{key}.expect.exit", command.Expect.Exit, 0, 255);
        Each($"{key}.expect.contains", command.Expect.Contains, Text);
        Each($"{key}.expect.absent", command.Expect.Absent, Text);
        Effect(key, command);
    }

    /// <summary>A label that nobody measures is a claim, and a measurement without one has nothing to be held against.</summary>
    private void Effect(string key, CheckCommand command)
    {
        if (command.Mode is null != command.Effect is null)
        {
            Refuse(command.Mode is null ? $"{key}.effect" : $"{key}.mode", "a run that says `mode: live` or `mode: dry` is measured by `effect:`; wanted both, or neither");
        }

        if (command.Effect is not { } probe)
        {
            return;
        }

        if (probe.Path is null == probe.Run is null)
        {
            Refuse($"{key}.effect", "wanted exactly one of path: and run:");
        }

        if (probe is { MayBeAbsent: true, Path: null })
        {
            Refuse($"{key}.effect.may_be_absent", "belongs to path:; what a command prints is never absent");
        }

        if (probe.Path is { } path && path.StartsWith('/'))
        {
            Absolute($"{key}.effect.path", path);
        }
        else if (probe.Path is { } inside)
        {
            Relative($"{key}.effect.path", inside);
        }

        if (probe.Run is { } run && (run.Count == 0 || run[0] is "" or null))
        {
            Refuse($"{key}.effect.run", "names no program; wanted [program, argument, ...]");
        }

        Each($"{key}.effect.run", probe.Run ?? [], Argument);
    }

    public void Variable(string key, string name)
    {
        if (EnvironmentNames.Refusal(name) is { } refusal)
        {
            Refuse(key, refusal);
        }
    }

    private void Settings(string key, CheckCommand command)
    {
        var seen = new HashSet<string>(command.Environment, StringComparer.Ordinal);
        Each(key, command.Set, (at, setting) =>
        {
            // In the file a setting has a key of its own, in the record it is an item.
            var place = setting.Name.Length > 0 ? $"{key}.{setting.Name}" : at;
            Variable(place, setting.Name);
            if (!seen.Add(setting.Name))
            {
                Refuse(place, $"{Quoted.Plain(setting.Name)} is given twice: passed through and set, or set again");
            }

            Argument(place, setting.Value);
        });
    }

    private void Argument(string key, string argument)
    {
        if (argument.Contains('\0', StringComparison.Ordinal))
        {
            Refuse(key, "holds a NUL, which no program can be given");
        }
    }
}
