using System.ComponentModel;
using IuCutter.Commands;

namespace IuCutter.Agent.Mirroring;

/// <summary>
/// Runs git on a mirror so that nothing but the mirror decides the answer: no configuration of the host or a user, no hooks, no way to
/// another repository, no prompts.
/// </summary>
/// <param name="repository">The mirror's absolute path.</param>
internal sealed class MirrorGit(TargetHost host, string repository)
{
    /// <summary>What one run may take: a full bundle of a large history is unpacked within it.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(30);

    // bigFileThreshold: git streams a blob above it instead of holding it whole.
    private static readonly string[] Always =
    [
        "--no-replace-objects", "-c", "core.bigFileThreshold=16m", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never", "-c", "core.fsmonitor=false",
        "-c", "core.attributesFile=/dev/null", "-c", "gc.packRefs=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "pack.threads=2", "-c", "advice.graftFileDeprecated=false",
    ];

    /// <summary>Where objects are written instead of into the mirror, whose own can be read all the same; null for nowhere else.</summary>
    public string? Quarantine { get; init; }

    /// <exception cref="RefusalException">There is no git.</exception>
    public async Task<HostTool> StartAsync(params IEnumerable<string> arguments)
    {
        var program = host.Payload.Find("git") ?? throw Missing($"git is not on the agent's PATH ({host.Payload.SearchPath})");
        try
        {
            return await HostTool.StartAsync([program, .. Always, .. arguments], Environment(), host.Root.Path, host.Time);
        }
        catch (Win32Exception e)
        {
            throw Missing($"git cannot be started: {e.Message}");
        }
    }

    /// <summary>Runs git to its end.</summary>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <exception cref="RefusalException">There is no git, or it took longer than the limit.</exception>
    public async Task<GitRun> RunAsync(Stream? input, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        using var limit = new CancellationTokenSource(TimeLimit, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await using var git = await StartAsync(arguments);
        try
        {
            var feeding = FeedAsync(git, input, either.Token);
            using var output = new MemoryStream();
            await git.Output.CopyToAsync(output, either.Token);
            await feeding;
            var (exit, errors) = await git.EndAsync(either.Token);
            return new GitRun(exit, output.ToArray(), errors);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RefusalException(
                RefusalCode.BundleRefused, $"git did not end within {TimeLimit.TotalMinutes:0} minutes", "push with `format: tar`: its contents need no unpacking");
        }
    }

    /// <summary>Writes what git reads; git may have seen enough before it has all.</summary>
    public static async Task FeedAsync(HostTool git, Stream? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                await input.CopyToAsync(git.Input, cancellationToken);
            }

            git.Input.Close();
        }
        catch (IOException)
        {
            // Its end says why it reads no more.
        }
    }

    private Dictionary<string, string> Environment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = host.Payload.SearchPath,
            ["HOME"] = "/nonexistent",
            ["LC_ALL"] = "C",
            ["GIT_DIR"] = repository,
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_ATTR_NOSYSTEM"] = "1",
            ["GIT_ALLOW_PROTOCOL"] = "none",
            ["GIT_NO_LAZY_FETCH"] = "1",
            ["GIT_GRAFT_FILE"] = "/dev/null",
            ["GIT_TERMINAL_PROMPT"] = "0",
        };
        if (Quarantine is not null)
        {
            variables["GIT_OBJECT_DIRECTORY"] = Quarantine;
            variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = Path.Combine(repository, "objects");
        }

        return variables;
    }

    private static RefusalException Missing(string why) => new(
        RefusalCode.TargetFault, why, $"install git on {System.Environment.MachineName}, or push with `format: tar`");
}
