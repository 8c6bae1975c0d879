using System.Text.Json.Serialization;
using IuCutter.Configuration.Detection;

namespace IuCutter.Configuration;

/// <summary>
/// What iucutter.yaml of the pushed commit asks for, with every default filled in. A gate's list that is <c>null</c> was left unset
/// ("detect what suits"); an empty one was set to <c>[]</c> ("run none"). Key by key: docs/configuration.md.
/// </summary>
/// <remarks>
/// Here and below, members with a default are [JsonRequired]: generated deserialisation would leave the type's default, not ours, in a
/// member that is missing.
/// </remarks>
public sealed record ReleaseConfiguration
{
    /// <summary>The file's name at the root of the commit.</summary>
    public const string FileName = "iucutter.yaml";

    public const int DefaultKeep = 5;

    public required string Name { get; init; }

    public required string Slot { get; init; }

    /// <summary>Where the agent is; null when the command line must say it.</summary>
    public TargetAddress? Target { get; init; }

    [JsonRequired]
    public ArtifactFormat Format { get; init; }

    /// <summary>How many releases stay on the target, the live one included.</summary>
    [JsonRequired]
    public int Keep { get; init; } = DefaultKeep;

    /// <summary>Left out of the JSON when it is the default, so that releases staged before there was a choice still compare.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LinkRule Link { get; init; }

    [JsonRequired]
    public SourceRules Source { get; init; } = new();

    [JsonRequired]
    public IReadOnlyList<Guard> Guards { get; init; } = [];

    [JsonRequired]
    public IReadOnlyList<Anchor> Anchors { get; init; } = [];

    /// <summary>Null is off, so that what was configured before the key was there reads and writes as it did.</summary>
    public ApprovalRule? Approval { get; init; }

    public IReadOnlyList<CheckCommand>? Compile { get; init; }

    public IReadOnlyList<CheckCommand>? Import { get; init; }

    public IReadOnlyList<TestCommand>? Test { get; init; }

    public IReadOnlyList<Assertion>? Assert { get; init; }

    public IReadOnlyList<CheckCommand>? Smoke { get; init; }

    [JsonRequired]
    public ForbidRules Forbid { get; init; } = new();

    /// <summary>Where a push's report is copied to; null for nowhere but the user's own.</summary>
    public PublishRule? Publish { get; init; }

    /// <summary>Names that every command gets from the agent's own environment; their values are masked wherever output is shown.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>What the release says of itself is missing; null for nothing.</summary>
    public IReadOnlyList<ConfiguredGap>? Gaps { get; init; }

    /// <summary>What must be so before the release may be enabled; null for no conditions.</summary>
    public IReadOnlyList<Condition>? EnableWhen { get; init; }

    /// <summary>
    /// What suits the payload where a gate is unset; null when nothing was detected. Not a key of the file: the source host adds it before
    /// the configuration travels, so that both hosts and the ledger hold the same commands.
    /// </summary>
    public Detected? Detected { get; init; }

    /// <summary>What a commit without iucutter.yaml gets.</summary>
    public static ReleaseConfiguration Default(string name) => new() { Name = name, Slot = name };
}
