using System.CommandLine;
using System.Globalization;
using IuCutter.Agent.Serving;
using IuCutter.Configuration;

namespace IuCutter.Agent;

internal static class Program
{
    private const int Failed = 1;
    private const int Misused = 2;
    private const string Never = "never";
    private const uint MostSecondsToWait = 86_400;

    private static Task<int> Main(string[] args)
    {
        var root = new RootCommand("The target's side of IuCutter: receives releases, proves them, promotes them, rolls them back.");
        root.Subcommands.Add(Serve());
        var parsed = root.Parse(args);
        return parsed.Errors.Count == 0 ? parsed.InvokeAsync() : RefuseAsync(parsed);
    }

    private static async Task<int> RefuseAsync(ParseResult parsed)
    {
        await Console.Error.WriteLineAsync($"iucutter-agent: {string.Join(' ', parsed.Errors.Select(e => e.Message))}\n  next: iucutter-agent serve --help");
        return Misused;
    }

    private static Command Serve()
    {
        var deployRoot = Folder("--root", "the directory under which slots lie", "/srv/iucutter");
        var state = Folder("--state", "the agent's own directory: ledger, keys, kept outputs", "/var/lib/iucutter");
        var socket = new Option<FileInfo>("--socket") { Description = "the Unix socket to listen on", DefaultValueFactory = _ => new FileInfo("/run/iucutter/agent.sock") };
        var port = new Option<int?>("--port") { Description = "listen on this TCP port of 127.0.0.1 too; anyone on this host can reach it" };
        var sandbox = new Option<SandboxTier>("--sandbox")
        {
            Description = "the weakest fence that a payload's commands may run in: T3 (bubblewrap) or T0 (none)",
            DefaultValueFactory = _ => SandboxTier.T3,
        };
        var users = new Option<string[]>("--allow-user") { Description = "a user beside root and the agent's own who may connect; can be given again" };
        var policy = OperatorsFile("--policy", "a file of what this agent demands of every push, whatever the pushed commit says (docs/policy.md)");
        var people = OperatorsFile("--people", "an allowed-signers file (ssh-keygen(1)) of the people whose signed word counts here (docs/gaps.md)");
        var approvers = OperatorsFile("--approvers", "an allowed-signers file (ssh-keygen(1)) of those who may approve a plan (docs/approval.md)");
        var spareAfter = SpareAfter();
        var record = new Option<DirectoryInfo?>("--record") { Description = "a git repository on this host that each operation's report is committed to; made where there is none" };
        var command = new Command("serve", "Runs the agent until it is stopped.\n\nExample: iucutter-agent serve --root /opt/apps --allow-user deploy")
        {
            deployRoot, state, socket, port, sandbox, users, policy, people, approvers, spareAfter, record,
        };
        command.SetAction((parsed, cancellationToken) => ServeAsync(
            new AgentOptions(
                parsed.GetRequiredValue(deployRoot).FullName,
                parsed.GetRequiredValue(state).FullName,
                parsed.GetRequiredValue(socket).FullName,
                parsed.GetValue(port),
                parsed.GetRequiredValue(sandbox),
                parsed.GetValue(users) ?? [],
                parsed.GetValue(policy)?.FullName,
                parsed.GetValue(people)?.FullName,
                parsed.GetValue(approvers)?.FullName,
                Seconds(parsed.GetRequiredValue(spareAfter)) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                parsed.GetValue(record)?.FullName),
            cancellationToken));
        return command;
    }

    private static Option<string> SpareAfter()
    {
        var option = new Option<string>("--spare-after")
        {
            Description = "seconds after the last operation until each live release is copied, for the next push to be made from, faster; `never` for no copies",
            HelpName = "seconds",
            DefaultValueFactory = _ => "5",
        };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var word] && word.Value != Never && Seconds(word.Value) is not <= MostSecondsToWait)
            {
                given.AddError($"--spare-after takes whole seconds, 0 to {MostSecondsToWait}, or `{Never}`; not '{word.Value}'.");
            }
        });
        return option;
    }

    private static uint? Seconds(string word) => uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    private static Option<DirectoryInfo> Folder(string name, string description, string usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => new DirectoryInfo(usual) };

    private static Option<FileInfo?> OperatorsFile(string name, string description) => new(name) { Description = description };

    private static async Task<int> ServeAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await AgentServer.RunAsync(
                options,
                () => Console.WriteLine($"iucutter-agent {AgentVersion.Text} serves {options.DeployRoot} on {options.Socket}"),
                cancellationToken);
            return 0;
        }
        catch (RefusalException e)
        {
            await Console.Error.WriteLineAsync($"iucutter-agent: {e.Message}\n  next: {e.Next}");
            return Failed;
        }
        catch (Configuration.ConfigurationException e)
        {
            await Console.Error.WriteLineAsync($"iucutter-agent: the policy is refused\n{e.Message}\n  next: mend it; docs/policy.md says what each key takes");
            return Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Ledgers.LedgerBrokenException)
        {
            await Console.Error.WriteLineAsync($"iucutter-agent: {e.Message}");
            return Failed;
        }
    }
}
