using System.Collections.Immutable;
using IuCutter.Configuration;
using IuCutter.Gates;

namespace IuCutter.Commands;

/// <summary>How a command ended. A red exit code is a result, not an error.</summary>
public sealed record CommandResult
{
    public required CommandSpec Spec { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>By a monotonic clock.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Null when a signal ended it or it never started.</summary>
    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public bool TimedOut { get; init; }

    public bool MemoryExceeded { get; init; }

    public required SandboxTier Tier { get; init; }

    /// <summary>The exact reason, and what to do; null when it started.</summary>
    public string? CouldNotStart { get; init; }

    public required KeptOutput Output { get; init; }

    /// <summary>For people.</summary>
    public string HowItEnded => this switch
    {
        { CouldNotStart: { } why } => why,
        { TimedOut: true } => $"ended at its time limit of {Spec.TimeLimit.TotalSeconds:0.#} s",
        { MemoryExceeded: true } => $"ended at its memory limit of {Spec.MemoryLimit} bytes",
        { Signal: { } signal } => $"ended by signal {signal}",
        _ => $"exit code {ExitCode}",
    };

    /// <summary>What a check keeps of it: names of variables, never values.</summary>
    public CommandEvidence ToEvidence() => new()
    {
        Arguments = [.. Spec.Arguments],
        WorkingDirectory = Spec.WorkingDirectory,
        EnvironmentNames = [.. Spec.Environment.Keys.Order(StringComparer.Ordinal)],
        ExitCode = ExitCode,
        Signal = Signal,
        TimedOut = TimedOut,
        Sandbox = Tier.ToString(),
        Network = Spec.Network || Tier == SandboxTier.T0,
        OutputSha256 = Output.Digest.ToString(),
        OutputBytes = Output.Bytes,
        OutputTruncated = Output.IsTruncated,
        Tail = Output.Tail,
        NotMasked = NotMasked() is { IsEmpty: false } names ? names : null,
    };

    private ImmutableArray<string> NotMasked() =>
        [.. Spec.SecretNames.Where(n => Spec.Environment.GetValueOrDefault(n) is { } value && !SecretMask.Masks(value)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
