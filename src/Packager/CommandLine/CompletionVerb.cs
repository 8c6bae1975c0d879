using System.CommandLine;

namespace IuCutter.Packager.CommandLine;

internal static class CompletionVerb
{
    // COMP_POINT counts from the line's start, as the program does.
    private const string Bash = """
        _iucutter() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _iucutter iucutter
        """;

    private const string Zsh = """
        #compdef iucutter
        _iucutter() {
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a found
            _files
        }
        compdef _iucutter iucutter
        """;

    private const string Fish = """
        complete -c iucutter -a '(set -l line (commandline -cp); command iucutter "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    public static Verb Make(Surroundings here)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return new Verb(
                "completion",
                "Prints a script that lets a shell complete iucutter's commands and options.",
                "source <(iucutter completion bash)",
                "iucutter completion fish > ~/.config/fish/completions/iucutter.fish")
            .With(shell)
            .Does((parsed, _) =>
            {
                here.Screen.Line(parsed.GetValue(shell) switch
                {
                    "bash" => Bash,
                    "zsh" => Zsh,
                    _ => Fish,
                });
                return Task.FromResult(ExitCode.Passed);
            });
    }
}
