using System.Collections.Immutable;
using IuCutter.Configuration;
using IuCutter.Configuration.Detection;
using IuCutter.Gates;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.Pushing;

/// <summary>What is to be released: a commit, its configuration with what was detected, and the gaps that whoever pushes allows.</summary>
internal sealed record PushSubject
{
    /// <summary>The parts that --without can leave out.</summary>
    public static readonly ImmutableArray<string> Parts = ["compile", "import", "test", "assert", "smoke", "scan", "reproduction"];

    public required IReleaseSource Source { get; init; }

    public SourceCommit Commit => Source.Commit;

    /// <summary>As the agent gets it: complete, and without the target, which is this side's business.</summary>
    public required ReleaseConfiguration Configuration { get; init; }

    /// <summary>Where the configuration says that the agent is.</summary>
    public required TargetAddress? Target { get; init; }

    /// <summary>False when the commit has no iucutter.yaml.</summary>
    public required bool IsConfigured { get; init; }

    /// <summary>What was found in the tree; null when nothing had to be detected.</summary>
    public required DetectionResult? Detection { get; init; }

    /// <summary>Parts that are left out, and on whose word.</summary>
    public required ImmutableArray<Gap> Gaps { get; init; }

    public ScanRules ScanRules => new(Configuration.Forbid.Paths, Configuration.Forbid.Texts, Configuration.Forbid.Allow);

    /// <summary>Set when whoever pushes wants no scan, and answers for what it would have found.</summary>
    public Gap? NoScan => Gaps.FirstOrDefault(g => g.Id == "no-scan");

    /// <summary>Set when whoever pushes wants the artifact made once only.</summary>
    public Gap? NoReproduction => Gaps.FirstOrDefault(g => g.Id == "no-reproduction");

    /// <summary>Reads a commit's configuration and completes it.</summary>
    /// <exception cref="SourceException">There is no such commit.</exception>
    /// <exception cref="ConfigurationException">The commit's iucutter.yaml is refused.</exception>
    /// <exception cref="CommandException">A name given is none.</exception>
    public static async Task<PushSubject> ReadAsync(PushAsk ask, CancellationToken cancellation)
    {
        var repository = await GitRepository.OpenAsync(ask.Repository, cancellation);
        return await ReadAsync(new RepositorySource(repository, await repository.ResolveAsync(ask.Commit, cancellation)), ask, cancellation);
    }

    /// <summary>The same of any source, which the subject does not own.</summary>
    public static async Task<PushSubject> ReadAsync(IReleaseSource source, PushAsk ask, CancellationToken cancellation)
    {
        // An artifact has its name already: it is in the release's id.
        ask = ask with { Name = ask.Name ?? source.Expected?.Name };
        var yaml = await source.TryReadFileAsync(ReleaseConfiguration.FileName, cancellation);
        var defaultName = source.Expected?.Name ?? ReleaseName.FromRepository(source.Place);
        var written = yaml is null ? ReleaseConfiguration.Default(defaultName) : ConfigurationFile.Read(yaml, defaultName);
        var named = written with
        {
            Name = Valid(ask.Name, "--name") ?? written.Name,
            Slot = Valid(ask.Slot, "--slot") ?? (ask.Name is not null && written.Slot == written.Name ? ask.Name : written.Slot),
        };
        var (gapless, gaps) = LeaveOut(named, ask);
        var detection = NeedsDetection(gapless) ? await TreeDetection.DetectAsync(source, cancellation) : null;
        return new PushSubject
        {
            Source = source,
            Configuration = gapless with { Target = null, Detected = detection?.Main },
            Target = written.Target,
            IsConfigured = yaml is not null,
            Detection = detection,
            Gaps = gaps,
        };
    }

    /// <summary>The commands of a part, or null when neither the configuration nor detection has any.</summary>
    public bool Has(string part) => part switch
    {
        "test" => Configuration.Test is { Count: > 0 } || (Configuration.Test is null && Configuration.Detected?.Test is { Count: > 0 }),
        "smoke" => Configuration.Smoke is { Count: > 0 } || (Configuration.Smoke is null && Configuration.Detected?.Smoke is { Count: > 0 }),
        _ => throw new ArgumentException($"'{part}' need not be there.", nameof(part)),
    };

    private static bool NeedsDetection(ReleaseConfiguration c) => c.Compile is null || c.Import is null || c.Test is null || c.Smoke is null;

    private static string? Valid(string? name, string option) => name is null || ReleaseName.IsValid(name)
        ? name
        : throw CommandException.Usage($"{option} '{name}': {ReleaseName.Refusal(name)}");

    private static (ReleaseConfiguration, ImmutableArray<Gap>) LeaveOut(ReleaseConfiguration c, PushAsk ask)
    {
        var gaps = ImmutableArray.CreateBuilder<Gap>();
        foreach (var part in Parts)
        {
            if (ask.Without.Contains(part, StringComparer.Ordinal))
            {
                gaps.Add(new Gap($"no-{part}", $"the push was asked for without {part}", Surroundings.Actor));
            }
            else if ((part == "test" && c.Test is { Count: 0 }) || (part == "smoke" && c.Smoke is { Count: 0 }))
            {
                gaps.Add(new Gap($"no-{part}", $"the release has no {part}: its configuration says `{part}: []`", ReleaseConfiguration.FileName));
            }
        }

        bool Out(string part) => ask.Without.Contains(part, StringComparer.Ordinal);
        var left = c with
        {
            Compile = Out("compile") ? [] : c.Compile,
            Import = Out("import") ? [] : c.Import,
            Test = Out("test") ? [] : c.Test,
            Assert = Out("assert") ? [] : c.Assert,
            Smoke = Out("smoke") ? [] : c.Smoke,
        };
        return (left, gaps.ToImmutable());
    }
}
