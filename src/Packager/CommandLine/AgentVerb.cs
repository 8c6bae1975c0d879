using System.CommandLine;

namespace IuCutter.Packager.CommandLine;

/// <summary>Stands in the help for what <see cref="AgentProgram"/> does before any argument is parsed: all that follows is the agent's.</summary>
internal static class AgentVerb
{
    public static Verb Make()
    {
        var rest = new Argument<string[]>("ARGUMENTS") { Description = "The agent's own command and options", Arity = ArgumentArity.ZeroOrMore };
        return new Verb(
                AgentProgram.Verb,
                "Runs iucutter-agent with all that follows: the one beside this program, else IUCUTTER_AGENT, else the one on the PATH.",
                "iucutter agent serve --help")
            .With(rest);
    }
}
