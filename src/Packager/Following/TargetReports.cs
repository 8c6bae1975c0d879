using System.Globalization;
using System.Text.Json;
using IuCutter.Configuration;
using IuCutter.Ledgers;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>What a target answers to status and releases, for people and for programs.</summary>
internal static class TargetReports
{
    public static void Show(StatusReply status, TargetAddress address, IReadOnlyList<Slot> slots, Screen screen)
    {
        screen.Line(SafeText.Line($"{status.Host}  at {address}"));
        screen.Line(SafeText.Line($"  agent     {status.AgentVersion}, sandbox {status.SandboxTier}"));
        screen.Line(SafeText.Line($"  releases  {status.DeployRoot} ({Amount.Bytes((long)status.FreeBytes)} free)"));
        screen.Line(SafeText.Line($"  state     {status.StateDirectory}"));
        if (status.Ledger is { } head)
        {
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"  ledger    {head.Entries} lines, head {Convert.ToHexStringLower(head.Sha256.Span)}"));
            screen.Line($"  key       {LedgerReceipt.FingerprintOf(head.PublicKey.Span)}");
        }

        screen.Line();
        if (slots.Count == 0)
        {
            screen.Line("no slots");
            return;
        }

        foreach (var line in Table.Lines(["SLOT", "LIVE", "PROVED", "SINCE", "ROLLBACK GOES TO", "HELD BY"], [.. slots.Select(Row)]))
        {
            screen.Line(line);
        }

        foreach (var slot in slots.Where(s => s.Problem.Length > 0))
        {
            screen.Line(screen.Paint(Ink.Bad, SafeText.Line($"  {slot.Name}: {slot.Problem}")));
        }
    }

    public static void Write(StatusReply status, TargetAddress address, IReadOnlyList<Slot> slots, JsonLines lines) => lines.Write(json =>
    {
        json.WriteString("target", address.ToString());
        json.WriteString("host", status.Host);
        json.WriteString("agentVersion", status.AgentVersion);
        json.WriteString("deployRoot", status.DeployRoot);
        json.WriteString("stateDirectory", status.StateDirectory);
        json.WriteString("sandboxTier", status.SandboxTier);
        json.WriteNumber("freeBytes", status.FreeBytes);
        json.WriteStartObject("ledger");
        json.WriteNumber("entries", status.Ledger?.Entries ?? 0);
        json.WriteString("sha256", Convert.ToHexStringLower(status.Ledger?.Sha256.ToByteArray() ?? []));
        json.WriteString("key", LedgerReceipt.FingerprintOf(status.Ledger?.PublicKey.ToByteArray() ?? []));
        json.WriteEndObject();
        json.WriteStartArray("slots");
        foreach (var slot in slots)
        {
            Write(json, slot);
        }

        json.WriteEndArray();
    });

    public static void Show(IReadOnlyList<Release> releases, Screen screen)
    {
        if (releases.Count == 0)
        {
            screen.Line("no releases");
            return;
        }

        foreach (var line in Table.Lines(["RELEASE", "SLOT", "IS", "FILES", "SIZE", "STAGED", "LIES AT"], [.. releases.Select(Row)]))
        {
            screen.Line(line);
        }
    }

    public static void Write(IReadOnlyList<Release> releases, JsonLines lines)
    {
        foreach (var release in releases)
        {
            lines.Write(json =>
            {
                json.WriteString("id", release.Id);
                json.WriteString("slot", release.Slot);
                json.WriteString("commit", release.Commit);
                json.WriteString("manifestSha256", release.ManifestSha256);
                json.WriteNumber("entries", release.Entries);
                json.WriteNumber("bytes", release.Bytes);
                json.WriteBoolean("live", release.Live);
                json.WriteBoolean("proved", release.Proved);
                json.WriteNumber("stagedUnixMs", release.StagedUnixMs);
                json.WriteString("path", release.Path);
            });
        }
    }

    private static string[] Row(Slot slot) =>
    [
        slot.Name,
        slot.LiveRelease.Length == 0 ? "(nothing)" : slot.LiveRelease,
        slot.LiveRelease.Length == 0 ? "-" : slot.LiveIsProved ? "yes" : "no",
        Amount.Moment(slot.LiveSinceUnixMs),
        slot.RollbackRelease.Length == 0 ? "-" : slot.RollbackRelease,
        slot.HeldBy.Length == 0 ? "-" : $"{slot.HeldBy} since {Amount.Moment(slot.HeldSinceUnixMs)}",
    ];

    private static string[] Row(Release release) =>
    [
        release.Id,
        release.Slot,
        (release.Live, release.Proved) switch
        {
            (true, true) => "live, proved",
            (true, false) => "live, not proved",
            (false, true) => "proved",
            (false, false) => "not proved",
        },
        release.Entries.ToString(CultureInfo.InvariantCulture),
        Amount.Bytes((long)release.Bytes),
        Amount.Moment(release.StagedUnixMs),
        release.Path,
    ];

    private static void Write(Utf8JsonWriter json, Slot slot)
    {
        json.WriteStartObject();
        json.WriteString("name", slot.Name);
        json.WriteString("path", slot.Path);
        json.WriteString("liveRelease", slot.LiveRelease);
        json.WriteBoolean("liveIsProved", slot.LiveIsProved);
        json.WriteNumber("liveSinceUnixMs", slot.LiveSinceUnixMs);
        json.WriteString("rollbackRelease", slot.RollbackRelease);
        json.WriteString("heldBy", slot.HeldBy);
        json.WriteNumber("heldSinceUnixMs", slot.HeldSinceUnixMs);
        json.WriteString("problem", slot.Problem);
        json.WriteEndObject();
    }
}
