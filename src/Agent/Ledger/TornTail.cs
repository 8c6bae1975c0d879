using System.Text.Json;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Ledger;

/// <summary>
/// What a power cut leaves of lines that were not flushed: any part of them, with zeros where the rest should be, for the file's length and its
/// blocks reach the disk apart. No line holds a zero by itself.
/// </summary>
internal static class TornTail
{
    /// <param name="rest">The ledger from its first line with a zero on.</param>
    /// <returns>False when a line in it was flushed and others were written after it: then no power cut made the zeros.</returns>
    public static bool Is(ReadOnlySpan<byte> rest)
    {
        var last = rest.TrimEnd((byte)'\n').LastIndexOf((byte)'\n');
        foreach (var line in rest[..Math.Max(last, 0)].Split((byte)'\n'))
        {
            if (WasFlushed(rest[line]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool WasFlushed(ReadOnlySpan<byte> line)
    {
        try
        {
            return LedgerJson.ReadEntry(line).Event is not (LedgerEvent.GateBegun or LedgerEvent.CheckMade or LedgerEvent.GateClosed or LedgerEvent.HostSeen or LedgerEvent.TargetSeen);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
