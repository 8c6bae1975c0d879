using System.Text.Json;
using IuCutter.Ledgers;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A target with its agent, and a payload to push to it, in a folder that goes when the test ends.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private Scene(string folder, Payload payload) => (Folder, Payload) = (folder, payload);

    public string Folder { get; }

    public Payload Payload { get; }

    public AgentProcess Agent { get; private set; } = null!;

    public string Root => Path.Combine(Folder, "apps");

    public string State => Path.Combine(Folder, "state");

    public string Socket => Path.Combine(Folder, "run", "agent.sock");

    public string Target => $"unix://{Socket}";

    public string Slot => Path.Combine(Root, "app");

    /// <summary>The release that the slot's link names; null when there is no such link.</summary>
    public string? Live => new FileInfo(Slot).LinkTarget?.Split('/') is [_, _, var release, _] ? release : null;

    public string Spares => Path.Combine(Root, ".iucutter", "spares");

    public IReadOnlyList<string> Releases =>
        [.. Directory.GetDirectories(Path.Combine(Root, ".iucutter", "releases")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    public IReadOnlyList<LedgerEntry> Ledger =>
        [.. File.ReadLines(Path.Combine(State, "ledger", "ledger.jsonl")).Select(l => LedgerJson.ReadEntry(System.Text.Encoding.UTF8.GetBytes(l)))];

    public LedgerEvent.OperationEnded LastEnd => Ledger.Select(e => e.Event).OfType<LedgerEvent.OperationEnded>().Last();

    /// <summary>A scene whose agent runs.</summary>
    public static async Task<Scene> OpenAsync(params string[] agentArguments)
    {
        var scene = await WithoutAgentAsync();
        await scene.StartAgentAsync(agentArguments);
        return scene;
    }

    public static async Task<Scene> WithoutAgentAsync()
    {
        var folder = Directory.CreateTempSubdirectory("iu-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "apps"));
        return new Scene(folder, await Payload.CreateAsync(Path.Combine(folder, "app")));
    }

    public async Task StartAgentAsync(params string[] arguments) => Agent = await AgentProcess.StartAsync(Folder, AgentArguments(arguments));

    /// <summary>The same with variables of its own.</summary>
    public async Task StartAgentAsync(IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        Agent = await AgentProcess.StartAsync(Folder, AgentArguments(arguments), variables);

    public IEnumerable<string> AgentArguments(params string[] more) => ["--root", Root, "--state", State, "--socket", Socket, .. more];

    /// <summary>Waits until the spare of a release is there, and no other.</summary>
    public Task UntilSpareAsync(string release) =>
        Programs.UntilAsync(() => Directory.GetDirectories(Spares).Select(Path.GetFileName).SequenceEqual([release]), $"the spare of {release} is there alone");

    public Task<Run> CliAsync(params string[] arguments) => Programs.RunAsync(Programs.Packager, arguments, Payload.Folder, Variables());

    public Task<Run> PushAsync(params string[] more) => CliAsync(["push", .. more]);

    public Dictionary<string, string> Variables() => new(StringComparer.Ordinal) { ["IUCUTTER_TARGET"] = Target, ["XDG_CACHE_HOME"] = Path.Combine(Folder, "cache"), ["XDG_STATE_HOME"] = Path.Combine(Folder, "mine") };

    /// <summary>Every path below the deploy root with its kind and content, the agent's own workings left out.</summary>
    public string Picture()
    {
        var lines = new List<string>();
        foreach (var path in Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(Root, path);
            if (name == ".iucutter/lock" || name.StartsWith(".iucutter/spares", StringComparison.Ordinal))
            {
                continue;
            }

            var link = new FileInfo(path).LinkTarget;
            lines.Add(link is not null ? $"{name} -> {link}"
                : Directory.Exists(path) ? name + "/"
                : $"{name} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>The objects of a `--json` run, each of which must be one.</summary>
    public static IReadOnlyList<JsonElement> Objects(Run run) =>
        [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))];

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null)
        {
            await Agent.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
