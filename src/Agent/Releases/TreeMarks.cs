using IuCutter.Agent.Posix;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Which files of a tree were read and found right, and the status that each had then. A file whose inode and change time are still the same was not
/// written to since: no program can set the change time back (inode(7)). What marks cannot show is in docs/decisions/0016.
/// </summary>
/// <param name="entries">How many the manifest has.</param>
public sealed class TreeMarks(int entries, TimeProvider time)
{
    private const long Second = 1_000_000_000;
    private const long NotSeen = 0;

    // A change in the same tick leaves the same time. The kernel's slowest ticks are 10 ms long; a file system that keeps no part of a second
    // (ext4 with inodes of 128 bytes) makes them one second, and some make them two.
    private const long LongestTick = 20_000_000;
    private const long LongestWholeSeconds = (2 * Second) + LongestTick;

    private readonly long[] _marks = new long[entries];

    /// <summary>Those of other marks, by another manifest's numbers.</summary>
    /// <param name="numbers">For each of its entries which it is here, where it is the same in path, kind and content; else -1.</param>
    public TreeMarks As(IReadOnlyList<int> numbers)
    {
        var other = new TreeMarks(numbers.Count, time);
        for (var entry = 0; entry < numbers.Count; entry++)
        {
            other.Keep(entry, numbers[entry] is >= 0 and var number ? _marks[number] : NotSeen);
        }

        return other;
    }

    /// <summary>Takes over from other marks of the same entries that a file was found right; from several threads.</summary>
    public void Take(TreeMarks earlier, int entry) => Keep(entry, earlier._marks[entry]);

    /// <summary>True until the first file was read.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>The time, in nanoseconds since 1970, as <see cref="Note"/> wants it.</summary>
    public long Now => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Says that a file was found right which had this status before it was read; from several threads.</summary>
    /// <param name="askedAt">When it was asked for its status, or earlier: what is written while it is read is later.</param>
    public void Note(int entry, NodeStatus status, long askedAt)
    {
        var tick = status.ChangedNanoseconds % Second == 0 ? LongestWholeSeconds : LongestTick;
        Keep(entry, askedAt - status.ChangedNanoseconds > tick ? MarkOf(status) : NotSeen);
    }

    /// <summary>Whether the file was read, however it is now.</summary>
    public bool Has(int entry) => _marks[entry] != NotSeen;

    public bool IsAsSeen(int entry, NodeStatus? status) =>
        status is { Kind: NodeKind.File } now && _marks[entry] is not NotSeen and var mark && mark == MarkOf(now);

    private void Keep(int entry, long mark)
    {
        _marks[entry] = mark;
        IsEmpty = false;
    }

    private static long MarkOf(NodeStatus status) => unchecked((long)(status.Inode * 0x9E3779B97F4A7C15) ^ status.ChangedNanoseconds);
}
