using System.Collections.Immutable;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
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
    internal const string Absent = "absent";

    /// <summary>For people.</summary>
    public string Summary => $"{Anchors.Count} {(Anchors.Count == 1 ? "anchor" : "anchors")}, {Siblings.Count} neighbours";

    public static TargetReading Take(DeployRoot root, string slot, IReadOnlyList<Anchor> anchors, CancellationToken cancellationToken)
    {
        var digests = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var anchor in anchors)
        {
            digests[anchor.Path] = TreeDigest.Of(anchor.Path, cancellationToken)?.Digest.ToString() ?? Absent;
        }

        return new TargetReading(
            root.Slot(slot).Read(),
            SiblingsOf(root, slot),
            [.. root.Releases().Select(r => r.ToString())],
            digests.ToImmutable());
    }

    /// <summary>What a later reading shows that this one does not, one sentence each.</summary>
    /// <param name="others">Whose doings are left out.</param>
    public ImmutableArray<string> ChangesTo(TargetReading later, OtherWork others)
    {
        var changes = ImmutableArray.CreateBuilder<string>();
        if (Slot != later.Slot)
        {
            changes.Add($"the slot was {Slot}, is {later.Slot}");
        }

        changes.AddRange(later.Releases.Except(Releases).Where(r => !others.Did(r)).Select(r => $"release {r} was added"));
        changes.AddRange(Releases.Except(later.Releases).Where(r => !others.Did(r)).Select(r => $"release {r} was removed"));
        var theirs = Siblings.Keys.Union(later.Siblings.Keys, StringComparer.Ordinal).Where(n => others.Did(n, later.Siblings.GetValueOrDefault(n, Absent))).ToList();
        changes.AddRange(Differences("beside the slot, ", Siblings.RemoveRange(theirs), later.Siblings.RemoveRange(theirs)));
        changes.AddRange(AnchorChangesTo(later));
        return changes.ToImmutable();
    }

    /// <summary>The anchors that differ from what a check has recorded of them; one that cannot be read any more differs.</summary>
    public static IEnumerable<string> AnchorChangesSince(IEnumerable<KeyValuePair<string, string>> recorded, CancellationToken cancellationToken)
    {
        var before = recorded.ToImmutableSortedDictionary(StringComparer.Ordinal);
        return Differences("anchor ", before, before.Keys.ToImmutableSortedDictionary(p => p, p => DigestNow(p, cancellationToken), StringComparer.Ordinal));
    }

    /// <summary>The anchors that differ.</summary>
    public ImmutableArray<string> AnchorChangesTo(TargetReading later) => [.. Differences("anchor ", Anchors, later.Anchors)];

    private static string DigestNow(string path, CancellationToken cancellationToken)
    {
        try
        {
            return TreeDigest.Of(path, cancellationToken)?.Digest.ToString() ?? Absent;
        }
        catch (IOException e)
        {
            return $"unreadable ({e.Message})";
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
