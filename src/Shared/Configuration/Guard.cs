using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>A fact about the target that must hold before anything is written there. The cases are all there are.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "guard")]
[JsonDerivedType(typeof(Host), "host")]
[JsonDerivedType(typeof(File), "file")]
[JsonDerivedType(typeof(Absent), "absent")]
[JsonDerivedType(typeof(Directory), "directory")]
[JsonDerivedType(typeof(Free), "free")]
[JsonDerivedType(typeof(Tool), "tool")]
[JsonDerivedType(typeof(User), "user")]
public abstract record Guard
{
    private Guard()
    {
    }

    /// <summary>The target's host name is this one.</summary>
    public sealed record Host(string Name) : Guard;

    /// <summary>A regular file is there, and holds the text or has the digest if one is given.</summary>
    public sealed record File(string Path, string? Contains = null, string? Sha256 = null) : Guard;

    /// <summary>Nothing is at the path, not even a dangling link.</summary>
    public sealed record Absent(string Path) : Guard;

    public sealed record Directory(string Path) : Guard;

    /// <summary>So many bytes are free where releases lie.</summary>
    public sealed record Free(long Bytes) : Guard;

    /// <summary>A program is found on the agent's search path, in a version that the requirement allows.</summary>
    public sealed record Tool(string Name, VersionRequirement? Version = null) : Guard;

    /// <summary>The agent runs as this user.</summary>
    public sealed record User(string Name) : Guard;
}
