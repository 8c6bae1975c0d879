namespace IuCutter.Gates;

/// <summary>The counts that a test run printed. A skipped test is not a passed one.</summary>
public sealed record TestEvidence(int Total, int Passed, int Failed, int Skipped);
