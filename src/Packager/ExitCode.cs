namespace IuCutter.Packager;

/// <summary>What the program's exit code says. docs/exit-codes.md holds the same list for people.</summary>
internal enum ExitCode
{
    /// <summary>Verdict A, or a question answered.</summary>
    Passed = 0,

    /// <summary>An error of ours or of this host.</summary>
    Failed = 1,

    /// <summary>Bad usage, or a bad configuration.</summary>
    Usage = 2,

    /// <summary>Verdict B: blocked or failed, and nothing is changed on the target.</summary>
    Blocked = 3,

    /// <summary>Verdict C: something is left changed, or could not be measured.</summary>
    Changed = 4,

    /// <summary>The target cannot be reached.</summary>
    Unreachable = 5,

    /// <summary>Interrupted. What was begun on the target goes on.</summary>
    Interrupted = 130,
}
