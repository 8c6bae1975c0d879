using IuCutter.Configuration;

namespace IuCutter.Commands;

/// <summary>One command of a payload, and the bounds that it runs in.</summary>
public sealed record CommandSpec
{
    /// <summary>The program and its arguments, as they reach execve.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Everything that the command sees: nothing is inherited.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Names in <see cref="Environment"/> whose values are masked wherever the command prints them.</summary>
    public IReadOnlyList<string> SecretNames { get; init; } = [];

    public required TimeSpan TimeLimit { get; init; }

    /// <summary>The most resident memory of the command and all its children together, in bytes; null sets no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>How many bytes of output are kept; what comes beyond is counted, not kept.</summary>
    public long OutputLimit { get; init; } = 64L << 20;

    public bool Network { get; init; }

    /// <summary>A weaker fence than this is none: the command does not start.</summary>
    public SandboxTier LeastTier { get; init; }

    /// <summary>With a fence, all but this directory and the scratch directory is read-only.</summary>
    public string? WritableDirectory { get; init; }

    /// <summary>With a fence, seen as it is but read-only, wherever it lies.</summary>
    public string? ReadableDirectory { get; init; }

    /// <summary>HOME, caches and temporary files; the caller makes and removes it.</summary>
    public required string ScratchDirectory { get; init; }
}
