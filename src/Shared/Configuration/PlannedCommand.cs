namespace IuCutter.Configuration;

/// <summary>A command that a push runs on the target.</summary>
/// <param name="Check">Which check it is, without its gate: <c>test.1</c>. Ways that exclude each other share it.</param>
/// <param name="Probe">Set where the command is one of several ways, and runs only if this one exits 0 and no way before it did.</param>
public sealed record PlannedCommand(string Check, CheckCommand Command, IReadOnlyList<string>? Probe = null);
