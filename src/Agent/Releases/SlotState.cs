using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>What lies at a slot's path. The cases are all there are.</summary>
public abstract record SlotState
{
    private SlotState()
    {
    }

    public sealed record Free : SlotState
    {
        public override string ToString() => "nothing there";
    }

    public sealed record Live(ReleaseId Release) : SlotState
    {
        public override string ToString() => $"link to {Release}";
    }

    /// <summary>Something that the agent did not make: it is never replaced.</summary>
    public sealed record Foreign(string What) : SlotState
    {
        public override string ToString() => What;
    }

    public ReleaseId? LiveRelease => (this as Live)?.Release;
}
