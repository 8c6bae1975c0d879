using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>The counts that a test run printed. A skipped test is not a passed one.</summary>
public sealed record TestEvidence([property: JsonRequired] int Total, [property: JsonRequired] int Passed, [property: JsonRequired] int Failed, [property: JsonRequired] int Skipped);
