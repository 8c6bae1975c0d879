namespace IuCutter.Plans;

/// <summary>Room on the target's disk. How much is free changes by itself; whether it suffices is what counts.</summary>
public sealed record PlanRoom(long NeededBytes, long NeededFiles, long FreeBytes, bool Suffices);
