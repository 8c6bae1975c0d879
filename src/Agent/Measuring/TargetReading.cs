using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Manifests;

namespace IuCutter.Agent.Measuring;

/// <summary>
/// What was seen on the target at one moment: the slot, what lies beside it in the deploy root, the releases, and the anchors' tree
/// digests. The difference of two readings is what an operation, or anyone else meanwhile, has changed.
/// </summary>
public sealed record TargetReading(
    SlotState Slot,
    ImmutableSortedDictionary<string, string> Siblings,
    ImmutableSortedSet<string> Releases,
    ImmutableSortedDictionary<string, string> Anchors)
{
    internal const string Absent = AnchorReadings.Absent;

    private const int MostNeighboursInALine = 500;

    /// <summary>For people.</summary>
    public string Summary => $"{Anchors.Count} {(Anchors.Count == 1 ? "anchor" : "anchors")}, {Siblings.Count} neighbours";

    private string NeighboursSha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Siblings.Select(s => $"{s.Key.Length} {s.Key} {s.Value}\n")))));

    /// <exception cref="PosixException">The deploy root cannot be read. An anchor that cannot be is said to be so.</exception>
    public static TargetReading Take(DeployRoot root, string slot, IReadOnlyList<Anchor> anchors, CancellationToken cancellationToken) => new(
        root.Slot(slot).Read(),
        SiblingsOf(root, slot),
        [.. root.Releases().Select(r => r.ToString())],
        Read(anchors.Select(a => a.Path), cancellationToken));

    /// <summary>The same moment, with the anchors that were left out for their size.</summary>
    public TargetReading WithAnchors(IReadOnlyList<Anchor> anchors, CancellationToken cancellationToken) =>
        this with { Anchors = Read(anchors.Select(a => a.Path), cancellationToken) };

    /// <summary>The anchors that a line of the ledger names, as they are now.</summary>
    public TargetReading WithAnchorsOf(LedgerEvent.TargetSeen seen, CancellationToken cancellationToken) =>
        this with { Anchors = Read(seen.Anchors.Keys, cancellationToken) };

    /// <summary>This reading as a line of the ledger.</summary>
    /// <param name="first">The operation's first, to whose neighbours these need not be written down again.</param>
    public LedgerEvent.TargetSeen Seen(LedgerEvent.TargetSeen? first = null)
    {
        var neighbours = NeighboursSha256;
        var isKnown = first?.NeighboursSha256 == neighbours || Siblings.Count > MostNeighboursInALine;
        return new LedgerEvent.TargetSeen(Slot.ToString(), Releases, neighbours, isKnown ? null : Siblings, Anchors);
    }

    /// <summary>What a later reading shows that this one does not, one sentence each.</summary>
    /// <param name="others">Whose doings are left out.</param>
    public ImmutableArray<string> ChangesTo(TargetReading later, OtherWork others) =>
        ChangesSince(new LedgerEvent.TargetSeen(Slot.ToString(), Releases, NeighboursSha256, Siblings, Anchors), later, others);

    /// <summary>As <see cref="ChangesTo"/>, from what the ledger says of an earlier reading.</summary>
    public static ImmutableArray<string> ChangesSince(LedgerEvent.TargetSeen earlier, TargetReading later, OtherWork others)
    {
        var changes = ImmutableArray.CreateBuilder<string>();
        if (earlier.Slot != later.Slot.ToString())
        {
            changes.Add($"the slot was {earlier.Slot}, is {later.Slot}");
        }

        changes.AddRange(later.Releases.Except(earlier.Releases).Where(r => !others.Did(r)).Select(r => $"release {r} was added"));
        changes.AddRange(earlier.Releases.Except(later.Releases).Where(r => !others.Did(r)).Select(r => $"release {r} was removed"));
        if (earlier.Neighbours is { } before)
        {
            var theirs = before.Keys.Union(later.Siblings.Keys, StringComparer.Ordinal).Where(n => others.Did(n, later.Siblings.GetValueOrDefault(n, Absent))).ToList();
            changes.AddRange(Differences("beside the slot, ", before.RemoveRange(theirs), later.Siblings.RemoveRange(theirs)));
        }
        else if (earlier.NeighboursSha256 != later.NeighboursSha256)
        {
            changes.Add($"beside the slot, something was added, removed or switched; there are {later.Siblings.Count} entries, and there were too many to be named in the ledger");
        }

        changes.AddRange(Differences("anchor ", earlier.Anchors, later.Anchors));
        return changes.ToImmutable();
    }

    /// <summary>The anchors that differ.</summary>
    public ImmutableArray<string> AnchorChangesTo(TargetReading later) => [.. Differences("anchor ", Anchors, later.Anchors)];

    private static ImmutableSortedDictionary<string, string> Read(IEnumerable<string> anchors, CancellationToken cancellationToken) =>
        anchors.ToImmutableSortedDictionary(p => p, p => DigestNow(p, cancellationToken), StringComparer.Ordinal);

    private static string DigestNow(string path, CancellationToken cancellationToken)
    {
        try
        {
            return TreeDigest.Of(path, cancellationToken) switch
            {
                null => Absent,
                { LeadsNowhere: true } link => AnchorReadings.LeadsNowhere(link.Digest),
                var tree => tree.Digest.ToString(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AnchorReadings.Unreadable(e.Message);
        }
    }

    private static IEnumerable<string> Differences(
        string what, ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after)
    {
        foreach (var path in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (was, now) = (before.GetValueOrDefault(path, Absent), after.GetValueOrDefault(path, Absent));
            if (!string.Equals(was, now, StringComparison.Ordinal))
            {
                yield return $"{what}{path} was {Shorten(was)}, is {Shorten(now)}";
            }
        }
    }

    /// <summary>Siblings are read without their insides: other programs live there. Anchors are what is read whole.</summary>
    private static ImmutableSortedDictionary<string, string> SiblingsOf(DeployRoot root, string slot)
    {
        var siblings = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in root.Directory.List())
        {
            var text = TreePath.FromBytes(name).ToString();
            if (text is DeployRoot.OwnDirectory || string.Equals(text, slot, StringComparison.Ordinal))
            {
                continue;
            }

            if (root.Directory.Status(name) is { } status)
            {
                var link = status.Kind == NodeKind.Link ? " to " + TreePath.FromBytes(root.Directory.ReadLink(name) ?? []) : "";
                siblings[text] = $"{status.Kind}{link}, mode {Convert.ToString((int)status.Mode, 8)}, owner {status.User}:{status.Group}, inode {status.Inode}";
            }
        }

        return siblings.ToImmutable();
    }

    private static string Shorten(string value) => value.Length == 64 ? value[..12] + "…" : value;
}
