using IuCutter.Configuration;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Following;

namespace IuCutter.Packager.CommandLine;

/// <summary>The target, and where it is asked for the slot, of a command that acts on what was pushed before.</summary>
internal sealed class Reach : IAsyncDisposable
{
    private readonly string? _askedSlot;
    private readonly ReleaseConfiguration? _head;

    private Reach(Target target, string? askedSlot, ReleaseConfiguration? head) => (Target, _askedSlot, _head) = (target, askedSlot, head);

    public Target Target { get; }

    /// <param name="needsSlot">Then iucutter.yaml is read for it unless it was given.</param>
    public static async Task<Reach> ForAsync(
        string? targetOption, string? slotOption, bool needsSlot, Surroundings here, CancellationToken cancellation)
    {
        var asked = TargetChoice.Asked(targetOption, here);
        var isAllSaid = asked is not null && (slotOption is not null || !needsSlot);
        var head = isAllSaid ? null : await HeadConfiguration.TryReadAsync(here.Folder, cancellation);
        return new Reach(new Target(TargetChoice.OrDefault(asked, head?.Target), here), slotOption, head);
    }

    public Task<string> SlotAsync(CancellationToken cancellation) => SlotChoice.FindAsync(_askedSlot, _head?.Slot, Target, cancellation);

    public ValueTask DisposeAsync() => Target.DisposeAsync();
}
