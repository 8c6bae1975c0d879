using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace IuCutter.Packager.CommandLine;

/// <summary>The library's help, with examples and the exit codes under it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is Verb verb)
        {
            output.WriteLine("Examples:");
            foreach (var example in verb.Examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        output.WriteLine("Exit codes:");
        output.WriteLine("  0 pass (verdict A)   1 an error of ours   2 bad usage or configuration   3 blocked or failed, target unchanged (B)");
        output.WriteLine("  4 something left changed (C)   5 target unreachable   130 interrupted; what was begun on the target goes on");
        return code;
    }
}
