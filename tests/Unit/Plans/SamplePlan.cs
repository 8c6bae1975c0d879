using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using IuCutter.Ledgers;
using IuCutter.Plans;

namespace IuCutter.Tests.Unit.Plans;

/// <summary>A plan as an agent would make it, and the agent's key.</summary>
internal static class SamplePlan
{
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static ReleasePlan Unsigned { get; } = new()
    {
        Format = ReleasePlan.FormatName,
        Target = new PlanTarget("vps-1", LedgerReceipt.FingerprintOf(Key.ExportSubjectPublicKeyInfo()), "/opt/apps"),
        Slot = "app",
        Release = "app-0123456789ab-0123456789ab",
        Commit = new string('a', 40),
        ManifestSha256 = new string('b', 64),
        ConfigurationSha256 = new string('c', 64),
        Entries = 7,
        Bytes = 5000,
        LeftOut = ["no-smoke: the push was asked for without smoke (ann@dev)"],
        Survey = new PlanSurvey
        {
            Slot = "nothing there",
            Guards = [new PlanReading("the host is the one that is meant", "vps-1")],
            Anchors = ImmutableSortedDictionary<string, string>.Empty.Add("/opt/v1", new string('d', 64)),
            Tools = ImmutableSortedDictionary<string, string>.Empty.Add("sh", "/usr/bin/sh"),
            Sandbox = "T3",
            Room = new PlanRoom(100, 10, 1000, true),
            ReleaseDirectory = "not there",
            Policy = "none",
        },
        Commands =
        [
            new PlanCommand
            {
                Check = "G5.test.1",
                Run = ["sh", "test.sh"],
                Probe = ["sh", "probe"],
                Directory = "lib",
                TimeoutSeconds = 20,
                Network = true,
                Environment = ["REGION"],
            },
        ],
        WayBack = "the slot's link is taken away",
        ApprovalRequired = true,
        MadeAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        ExpiresAt = new DateTimeOffset(2026, 1, 3, 3, 4, 5, TimeSpan.Zero),
    };

    public static ReleasePlan Sign(ReleasePlan plan) => plan with
    {
        Signature = new PlanSignature(
            Convert.ToBase64String(Key.ExportSubjectPublicKeyInfo()), Convert.ToBase64String(Key.SignData(Encoding.UTF8.GetBytes(plan.SignedText()), HashAlgorithmName.SHA256))),
    };
}
