using System.Collections.Immutable;

namespace IuCutter.Gates;

/// <summary>What running a command left behind.</summary>
public sealed record CommandEvidence
{
    public required ImmutableArray<string> Arguments { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>The names, never the values, of the variables that the command saw.</summary>
    public required ImmutableArray<string> EnvironmentNames { get; init; }

    /// <summary>Those of them whose values should be masked and are too short for it; null for none.</summary>
    public ImmutableArray<string>? NotMasked { get; init; }

    /// <summary>Null when the command was ended by a signal or never started.</summary>
    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public bool TimedOut { get; init; }

    /// <summary>The sandbox tier that it ran in: T4, T3, T2, T1 or T0.</summary>
    public required string Sandbox { get; init; }

    /// <summary>False only where a fence closed the network.</summary>
    public bool Network { get; init; }

    /// <summary>The kept output's sha256 in hex; the output itself is kept under that name.</summary>
    public required string OutputSha256 { get; init; }

    /// <summary>All that the command wrote, in bytes, kept or not.</summary>
    public required long OutputBytes { get; init; }

    public bool OutputTruncated { get; init; }

    /// <summary>The output's end, escaped for display.</summary>
    public required string Tail { get; init; }

    /// <summary>Counts read from the output, where the command was a test run that prints them.</summary>
    public TestEvidence? Tests { get; init; }

    /// <summary>True for this exit code, or for the signal that a shell would report as this code: the two cannot be told apart.</summary>
    public bool EndedWith(int exit) => ExitCode == exit || Signal + 128 == exit;
}
