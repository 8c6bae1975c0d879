using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>A slot: the symbolic link that users use. It is switched by one rename, and only from what it is expected to be.</summary>
public sealed class SlotLink(DirectoryHandle root, string name)
{
    private readonly byte[] _name = Encoding.ASCII.GetBytes(name);
    private readonly byte[] _temporary = Encoding.ASCII.GetBytes($"{DeployRoot.OwnDirectory}/next-{name}");

    public SlotState Read() => Read(_name);

    /// <summary>Points the slot at a release, or takes the link away.</summary>
    /// <param name="to">Null: the slot is to be free again.</param>
    /// <exception cref="RefusalException">The slot is not as expected; it was left, or put back, as it was found.</exception>
    public void Switch(SlotState expected, ReleaseId? to)
    {
        if (to is null)
        {
            TakeAway(expected);
            return;
        }

        root.Remove(_temporary);
        CrashPoint.Reach("C19.before");
        root.MakeLink(_temporary, DeployRoot.LinkText(to.Value));
        CrashPoint.Reach("C19.after");
        try
        {
            CrashPoint.Reach("C20.before");
            Place(expected);
            CrashPoint.Reach("C20.after");
        }
        finally
        {
            root.Remove(_temporary);
        }

        root.Flush();
    }

    /// <summary>Removes what a killed agent may have left of a switch; what was someone else's and had been swapped out goes back.</summary>
    public void Clear()
    {
        if (Read(_temporary) is SlotState.Foreign && Read(_name) is not SlotState.Free)
        {
            root.Exchange(_temporary, _name);
        }

        root.Remove(_temporary);
    }

    private void Place(SlotState expected)
    {
        if (expected is SlotState.Free)
        {
            try
            {
                root.Rename(_temporary, _name);
            }
            catch (PosixException e) when (e.Errno == PosixException.Exists)
            {
                throw Drifted(expected, Read());
            }

            return;
        }

        // What the exchange brings out is what was live to the last moment: if it is not what it should be, it goes back in.
        root.Exchange(_temporary, _name);
        var was = Read(_temporary);
        if (was != expected)
        {
            root.Exchange(_temporary, _name);
            throw Drifted(expected, was);
        }
    }

    private void TakeAway(SlotState expected)
    {
        var was = Read();
        if (was != expected || was is not SlotState.Live)
        {
            throw Drifted(expected, was);
        }

        root.Remove(_name);
        root.Flush();
    }

    private SlotState Read(byte[] path)
    {
        switch (root.Status(path))
        {
            case null:
                return new SlotState.Free();
            case { Kind: NodeKind.Link }:
                var text = root.ReadLink(path) ?? [];
                return DeployRoot.ReleaseOf(text) is { } release
                    ? new SlotState.Live(release)
                    : new SlotState.Foreign($"a link to {TreePath.FromBytes(text)}");
            case { Kind: NodeKind.Directory }:
                return new SlotState.Foreign("a directory");
            case { Kind: NodeKind.File }:
                return new SlotState.Foreign("a file");
            default:
                return new SlotState.Foreign("a device, pipe or socket");
        }
    }

    private RefusalException Drifted(SlotState expected, SlotState seen) => new(
        RefusalCode.WrongState,
        $"the slot {name} was changed by someone else: expected {expected}, found {seen}; it was left as it is",
        "find out who else changes the slot, then push again");
}
