using IuCutter.Packager.CommandLine;

namespace IuCutter.Packager;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        var here = Surroundings.OfThisProcess();
        return arguments is [AgentProgram.Verb, .. var rest]
            ? Task.FromResult((int)AgentProgram.Become(rest, here))
            : Invocation.RunAsync(arguments, here);
    }
}
