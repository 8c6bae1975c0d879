namespace IuCutter.Agent.Posix;

/// <summary>What lies at a path, links not followed.</summary>
public enum NodeKind
{
    File,
    Directory,
    Link,

    /// <summary>A device, pipe or socket: never made, never read.</summary>
    Other,
}
