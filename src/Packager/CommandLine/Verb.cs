using System.CommandLine;

namespace IuCutter.Packager.CommandLine;

/// <summary>One command of the program, with examples that its help shows.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Sets what the command does. A <see cref="CommandException"/> that it throws becomes its exit code and message.</summary>
    public Verb Does(Func<ParseResult, CancellationToken, Task<ExitCode>> work)
    {
        SetAction(async (parsed, cancellation) => (int)await work(parsed, cancellation));
        return this;
    }

    public Verb With(params ReadOnlySpan<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    Add(option);
                    break;
                case Argument argument:
                    Add(argument);
                    break;
                case Command command:
                    Add(command);
                    break;
                default:
                    throw new ArgumentException($"No such kind of symbol: {symbol}", nameof(symbols));
            }
        }

        return this;
    }
}
