namespace IuCutter.Manifests;

/// <summary>What an entry is. A commit can hold nothing else, except submodules, which are refused.</summary>
public enum EntryKind : byte
{
    /// <summary>Mode 0644.</summary>
    File,

    /// <summary>Mode 0755.</summary>
    Executable,

    /// <summary>A symbolic link; its content is the target's text.</summary>
    Link,
}
