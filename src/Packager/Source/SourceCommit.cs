namespace IuCutter.Packager.Source;

/// <summary>
/// One commit of the source repository. <paramref name="Id"/> and <paramref name="Tree"/> are full ids; <paramref name="TimeUnix"/> is the committer's
/// time in seconds since 1970; <paramref name="Subject"/> is the message's first line, for people (escape it where it is shown);
/// <paramref name="Ref"/> is a full ref name that points at the commit, a branch before a tag; <paramref name="Tag"/> a tag's short name that does;
/// <paramref name="Remote"/> the address that the repository came from, without credentials.
/// </summary>
public sealed record SourceCommit(string Id, string Tree, long TimeUnix, string Subject, string? Ref, string? Tag, string? Remote);
