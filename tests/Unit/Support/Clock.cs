namespace IuCutter.Tests.Unit.Support;

/// <summary>A clock that stands.</summary>
internal sealed class Clock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
