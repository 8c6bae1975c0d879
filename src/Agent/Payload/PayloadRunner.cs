using System.Text;
using IuCutter.Commands;
using IuCutter.Configuration;

namespace IuCutter.Agent.Payload;

/// <summary>Runs commands in a release's directory, fenced in, and keeps what they print by its digest.</summary>
/// <param name="mostMemory">In bytes, for commands that name no limit of their own; null for none.</param>
public sealed class PayloadRunner(Sandbox sandbox, SandboxTier leastTier, long? mostMemory, StateDirectory state, TimeProvider time)
{
    private const int SearchBufferBytes = 1 << 20;

    private readonly CommandRunner _runner = new(sandbox, time);
    private IReadOnlyList<string> _environment = [];
    private bool _isReadOnly;
    private PayloadRunner? _parent;
    private int _runs;

    /// <summary>How many commands it, and those that were made of it, were asked to run so far.</summary>
    public int Runs => Volatile.Read(ref _runs);

    /// <summary>The agent's own PATH: what payloads find their programs by.</summary>
    public string SearchPath { get; } = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";

    public SandboxTier Tier => sandbox.Tier;

    /// <summary>The weakest fence that the agent's own policy allows.</summary>
    public SandboxTier LeastTier => leastTier;

    /// <summary>Why no command gets a network here; null where one that asks for it does.</summary>
    public string? WhyNoNetwork => sandbox.WhyNoNetwork;

    public string HowToStrengthen => sandbox.WhyNotStronger ?? "no stronger one is built";

    /// <summary>Where a program lies; null when it is not on the PATH.</summary>
    public string? Find(string program) => Commands.SearchPath.Find(program, SearchPath);

    /// <summary>Runs the commands of this release: with the variables that all of them get; and what releases share by links is read-only for them, which takes a fence.</summary>
    public PayloadRunner For(ReleaseConfiguration configuration)
    {
        var isReadOnly = configuration.Link != LinkRule.Copy;
        return new PayloadRunner(sandbox, isReadOnly && leastTier < SandboxTier.T3 ? SandboxTier.T3 : leastTier, mostMemory, state, time)
        {
            _environment = configuration.Environment,
            _isReadOnly = isReadOnly,
            _parent = this,
        };
    }

    /// <param name="tree">The release's directory, which the command may write to unless the release is read-only.</param>
    public async Task<PayloadRun> RunAsync(CheckCommand command, string tree, Action<string>? onLine, CancellationToken cancellationToken)
    {
        for (var counts = this; counts is not null; counts = counts._parent)
        {
            Interlocked.Increment(ref counts._runs);
        }

        var place = Directory.CreateDirectory(Path.Combine(state.Scratch, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            // The output lies beside what the command may write to: otherwise it could put another file in its place.
            var scratch = Directory.CreateDirectory(Path.Combine(place, "home")).FullName;
            var passed = command.Passed(_environment);
            var spec = new CommandSpec
            {
                Arguments = command.Run,
                WorkingDirectory = command.Directory is { } inside ? Path.Combine(tree, inside) : tree,
                Environment = PayloadEnvironment.Build(SearchPath, scratch, Environment.GetEnvironmentVariable, passed, command.Set),
                SecretNames = passed,
                TimeLimit = command.Timeout,
                MemoryLimit = command.Memory ?? mostMemory,
                Network = command.Network,
                LeastTier = command.Sandbox is { } asked && asked > leastTier ? asked : leastTier,
                WritableDirectory = _isReadOnly ? null : tree,
                ReadableDirectory = _isReadOnly ? tree : null,
                ScratchDirectory = scratch,
            };
            CrashPoint.Reach("C12.before");
            var result = await _runner.RunAsync(spec, CrashPoint.AtLine("C12.after", onLine), Path.Combine(place, "output"), cancellationToken);
            return new PayloadRun(result.ToEvidence(), result.HowItEnded, result.CouldNotStart, Keep(result.Output));
        }
        finally
        {
            using var parent = Posix.DirectoryHandle.Open(state.Scratch);
            parent.RemoveTree(Encoding.ASCII.GetBytes(Path.GetFileName(place)));
        }
    }

    /// <summary>What a tool prints of its own version, on whichever option it understands.</summary>
    public async Task<string> VersionOfAsync(string program, CancellationToken cancellationToken)
    {
        foreach (var option in (string[])["--version", "version", "-version"])
        {
            var command = new CheckCommand { Run = [program, option], Timeout = TimeSpan.FromSeconds(20) };
            var run = await RunAsync(command, state.Scratch, onLine: null, cancellationToken);
            if (run.Evidence.ExitCode == 0)
            {
                return run.Evidence.Tail;
            }
        }

        return "";
    }

    /// <summary>The kept output as text, at most so many bytes of it.</summary>
    public static string ReadOutput(PayloadRun run, int most)
    {
        using var file = File.OpenHandle(run.OutputPath);
        var bytes = new byte[Math.Min(RandomAccess.GetLength(file), most)];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }

    /// <summary>Which of the texts the kept output holds, however large it is.</summary>
    public static IReadOnlySet<string> FindTexts(PayloadRun run, IReadOnlyCollection<string> texts)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var patterns = texts.Distinct(StringComparer.Ordinal).ToDictionary(t => t, Encoding.UTF8.GetBytes, StringComparer.Ordinal);
        if (patterns.Count == 0)
        {
            return found;
        }

        var overlap = patterns.Values.Max(p => p.Length);
        using var file = File.OpenHandle(run.OutputPath);
        var buffer = new byte[SearchBufferBytes + overlap];
        long at = 0;
        for (int read; (read = RandomAccess.Read(file, buffer, at)) > 0; at += Math.Max(1, read - overlap))
        {
            var window = buffer.AsSpan(0, read);
            foreach (var (text, pattern) in patterns)
            {
                if (window.IndexOf(pattern) >= 0)
                {
                    found.Add(text);
                }
            }

            if (read < buffer.Length)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>Kept before the ledger names it, and to last: a file under a digest that holds something else would be worse than none.</summary>
    private string Keep(KeptOutput output)
    {
        var kept = Path.Combine(state.Outputs, output.Digest.ToString());
        using (var written = File.OpenHandle(output.Path))
        {
            Posix.DirectoryHandle.Flush(written);
        }

        CrashPoint.Reach("C13.before");
        File.Move(output.Path, kept, overwrite: true);
        CrashPoint.Reach("C13.after");
        using var outputs = Posix.DirectoryHandle.Open(state.Outputs);
        outputs.Flush();
        return kept;
    }
}
