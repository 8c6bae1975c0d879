using IuCutter.Agent.Releases;
using IuCutter.Ledgers;
using IuCutter.Manifests;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>The releases on the target, and which of them a smoke or a rollback means.</summary>
internal sealed class ReleaseAnswer(TargetHost host)
{
    /// <param name="slot">Empty: every slot's.</param>
    /// <exception cref="RefusalException">There is no such slot.</exception>
    public ListReleasesReply List(string slot)
    {
        var reply = new ListReleasesReply();
        foreach (var name in slot.Length == 0 ? host.Ledger.Slots : [slot])
        {
            var history = History(name);
            reply.Releases.AddRange(history.Staged.Reverse().Select(id => Read(name, history, id)).OfType<Release>());
        }

        return reply;
    }

    /// <exception cref="RefusalException">Nothing is live there, or the release named is not on the target.</exception>
    public ReleaseId Choose(string slot, string release)
    {
        var history = History(slot);
        var wanted = release.Length > 0 ? release : history.Live ?? throw new RefusalException(
            RefusalCode.NotFound, $"nothing is live in slot {slot}", $"push something first: `iucutter push --slot {slot}`");
        return Existing(slot, wanted);
    }

    /// <exception cref="RefusalException">There is nothing to go back to, or the release named was never proved in this slot.</exception>
    public ReleaseId ChooseForRollback(string slot, string release)
    {
        var history = History(slot);
        if (release.Length == 0)
        {
            return Existing(slot, history.RollbackRelease ?? throw new RefusalException(
                RefusalCode.NothingToRollBackTo,
                $"slot {slot} has no proved release before {history.Live ?? "the first push"}",
                $"`iucutter releases --slot {slot}` lists what is there; name one with --to"));
        }

        var wanted = Existing(slot, release);
        if (!history.IsProved(release))
        {
            throw new RefusalException(RefusalCode.NotAllowed, $"release {release} was never proved in slot {slot}", "push its commit again: the gates prove it");
        }

        return release == history.Live ? throw LiveAlready(slot, release) : wanted;
    }

    private RefusalException LiveAlready(string slot, string release)
    {
        var seen = host.Root.Slot(slot).Read();
        return SlotCheck.IsAsRecorded(seen, release)
            ? new RefusalException(RefusalCode.WrongState, $"release {release} is live already", "nothing needs to be done")
            : new RefusalException(RefusalCode.WrongState, $"the slot is {seen}, but the ledger says that {release} is live; someone changed it by hand", SlotCheck.HowToRepair(host.Root, slot, release));
    }

    private SlotHistory History(string slot)
    {
        if (!ReleaseName.IsValid(slot))
        {
            throw new RefusalException(RefusalCode.BadRequest, "a slot must be named", "name it with --slot; `iucutter status` lists them");
        }

        return host.Ledger.Slots.Contains(slot, StringComparer.Ordinal)
            ? host.Ledger.History(slot)
            : throw new RefusalException(RefusalCode.NotFound, $"there is no slot {slot} on this target", "`iucutter status` lists its slots");
    }

    private ReleaseId Existing(string slot, string release) => ReleaseId.TryParse(release, out var id) && host.Root.Has(id)
        ? id
        : throw new RefusalException(
            RefusalCode.NotFound, $"release {release} is not on this target", $"`iucutter releases --slot {slot}` lists those that are");

    private Release? Read(string slot, SlotHistory history, string id)
    {
        var release = ReleaseId.Parse(id);
        if (ReleaseFolder.TryReadHead(host.Root, release) is not var (manifest, digest))
        {
            return null;
        }

        return new Release
        {
            Id = id,
            Slot = slot,
            Commit = manifest.Commit,
            ManifestSha256 = digest.ToString(),
            Entries = (ulong)manifest.Entries,
            Bytes = (ulong)manifest.ContentBytes,
            Live = id == history.Live,
            Proved = history.IsProved(id),
            StagedUnixMs = history.StagedAt(id).ToUnixTimeMilliseconds(),
            Path = host.Root.TreePath(release),
        };
    }
}
