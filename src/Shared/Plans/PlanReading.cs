namespace IuCutter.Plans;

/// <summary>How a guard was read.</summary>
/// <param name="Guard">What must hold.</param>
/// <param name="Seen">What stays the same as long as nobody changes it: a file's digest, a tool's version.</param>
public sealed record PlanReading(string Guard, string Seen);
