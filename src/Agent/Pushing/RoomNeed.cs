using System.Runtime.InteropServices;
using IuCutter.Agent.Releases;

namespace IuCutter.Agent.Pushing;

/// <summary>The room on the disk that a push needs.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RoomNeed(long Bytes, long Files)
{
    /// <summary>What the ledger, the reports and the agent itself may need beside the release.</summary>
    private const long ReserveBytes = 64L << 20;

    private const long ReserveFiles = 1000;

    public static RoomNeed Of(DeployRoot root, PushOrder order) => root.Has(order.Release)
        ? new RoomNeed(ReserveBytes, ReserveFiles)
        : Of(order.ContentBytes, order.Entries, order.ManifestBytes);

    public static RoomNeed Of(long contentBytes, long entries, long manifestBytes) =>
        new(ReserveBytes + contentBytes + (entries * 4096 / 2) + (2 * manifestBytes), ReserveFiles + (entries * 2));

    /// <summary>File systems that make inodes as they go count none.</summary>
    public bool IsMetBy((long Bytes, long Files) room) => room.Bytes >= Bytes && (room.Files == 0 || room.Files >= Files);

    public override string ToString() => $"{Bytes} bytes and {Files} files";
}
