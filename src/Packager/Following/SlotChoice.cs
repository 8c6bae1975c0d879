using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>Which slot is meant: --slot, else the configuration's, else the only one on the target.</summary>
internal static class SlotChoice
{
    /// <exception cref="CommandException">Nothing says which of several slots is meant, or there is none.</exception>
    public static async Task<string> FindAsync(string? asked, string? configured, Target target, CancellationToken cancellation)
    {
        if ((asked ?? configured) is { } slot)
        {
            return slot;
        }

        var status = await target.AskAsync((client, options) => client.GetStatusAsync(new StatusRequest(), options), cancellation);
        return status.Slots.Count switch
        {
            1 => status.Slots[0].Name,
            0 => throw CommandException.Usage($"{target.Address} has no slot yet", "push a release first: iucutter push"),
            _ => throw CommandException.Usage(
                $"{target.Address} has {status.Slots.Count} slots: {string.Join(", ", status.Slots.Select(s => SafeText.Line(s.Name)))}", "name one with --slot"),
        };
    }
}
