using IuCutter.Agent.Posix;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Which files of a tree were read and found right, and the status that each had then. A file whose inode and change time are still the same was not
/// written to since: no program can set the change time back (inode(7)). What marks cannot show is in docs/decisions/0016.
/// </summary>
/// <param name="entries">How many the manifest has.</param>
public sealed class TreeMarks(int entries, TimeProvider time)
{
    // A change in the same tick of the kernel's clock leaves the same time; the slowest ticks are 10 ms long.
    private const long TickNanoseconds = 20_000_000;
    private const long NotSeen = 0;

    private readonly long[] _marks = new long[entries];

    /// <summary>True until the first file was read.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Says that a file was found right which had this status before it was read; from several threads.</summary>
    public void Note(int entry, NodeStatus status)
    {
        var age = ((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick) - status.ChangedNanoseconds;
        _marks[entry] = age > TickNanoseconds ? MarkOf(status) : NotSeen;
        IsEmpty = false;
    }

    public bool IsAsSeen(int entry, NodeStatus? status) =>
        status is { Kind: NodeKind.File } now && _marks[entry] is not NotSeen and var mark && mark == MarkOf(now);

    private static long MarkOf(NodeStatus status) => unchecked((long)(status.Inode * 0x9E3779B97F4A7C15) ^ status.ChangedNanoseconds);
}
