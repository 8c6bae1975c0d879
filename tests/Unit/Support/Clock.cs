namespace IuCutter.Tests.Unit.Support;

/// <summary>A clock that stands until it is told otherwise.</summary>
internal sealed class Clock(DateTimeOffset now) : TimeProvider
{
    private TimeSpan _passed;

    public override DateTimeOffset GetUtcNow() => now + _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _passed.Ticks;

    public void Passes(TimeSpan time) => _passed += time;
}
