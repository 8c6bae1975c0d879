namespace IuCutter.Plans;

/// <summary>Bytes that are not a plan, or not one as an agent wrote it.</summary>
public sealed class PlanException(string message) : Exception(message);
