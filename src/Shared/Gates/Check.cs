namespace IuCutter.Gates;

/// <summary>One observation: what was expected, what was seen, and the evidence of it.</summary>
public sealed record Check
{
    /// <summary>Unique within its operation, e.g. <c>G5.test.1</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What is claimed if the check holds.</summary>
    public required string Statement { get; init; }

    public required CheckStatus Status { get; init; }

    public required string Expected { get; init; }

    public required string Seen { get; init; }

    /// <summary>Without evidence a check is not a check, and counts as one that could not run.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>Set where the configuration or the person who pushes allows that this check could not run.</summary>
    public Gap? Gap { get; init; }
}
