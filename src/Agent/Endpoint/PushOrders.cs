using System.Text.Json;
using IuCutter.Agent.Pushing;
using IuCutter.Approvals;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Manifests;
using IuCutter.Plans;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>Turns a push as it came over the wire into one whose every field was checked. Refuses, never mends.</summary>
internal static class PushOrders
{
    private const long MostEntries = 5_000_000;
    private const long LongestManifest = 1L << 30;
    private static readonly GateId[] OfTheSource = [GateId.G0, GateId.G1, GateId.G2];

    /// <exception cref="RefusalException">A field is missing or cannot be what it says.</exception>
    public static PushOrder Read(PushRequest request)
    {
        var configuration = ReadConfiguration(request.Configuration.Span);
        Require(ReleaseName.IsValid(request.Slot), "slot", request.Slot);
        Require(configuration.Slot == request.Slot && configuration.Name == request.Name, "configuration", "another slot or name than the push's");
        Require(configuration.Target is null, "configuration", "a target: it is the packager's own business");
        Require(IsObjectId(request.Commit), "commit", request.Commit);
        Require(request.ManifestSha256.Length == Sha256Digest.Bytes, "manifest_sha256", $"{request.ManifestSha256.Length} bytes");
        Require(request.ArtifactSha256.Length == Sha256Digest.Bytes, "artifact_sha256", $"{request.ArtifactSha256.Length} bytes");
        Require(request.ArtifactFormat is "contents" or "tar" or "bundle", "artifact_format", Text("artifact_format", request.ArtifactFormat));
        Require(request.ManifestBytes is > 0 and <= LongestManifest, "manifest_bytes", request.ManifestBytes);
        Require(request.Entries is > 0 and <= MostEntries, "entries", request.Entries);
        Require(request.ContentBytes <= long.MaxValue / 2, "content_bytes", request.ContentBytes);
        Require(request.Plan.Length <= PlanJson.MostBytes, "plan", $"{request.Plan.Length} bytes");
        Require(request.Approval.Length <= ApprovalJson.MostBytes, "approval", $"{request.Approval.Length} bytes");
        var manifest = Sha256Digest.FromBytes(request.ManifestSha256.Span);
        return new PushOrder
        {
            Slot = request.Slot,
            Release = ReleaseId.Of(request.Name, request.Commit, manifest),
            Commit = request.Commit,
            Manifest = manifest,
            ManifestBytes = (long)request.ManifestBytes,
            ContentBytes = (long)request.ContentBytes,
            Entries = (long)request.Entries,
            ArtifactFormat = request.ArtifactFormat,
            Artifact = Sha256Digest.FromBytes(request.ArtifactSha256.Span),
            Configuration = configuration,
            ConfigurationJson = request.Configuration.ToByteArray(),
            SourceGates = ReadGates(request),
            Repository = Text("repository", request.Repository),
            Ref = Text("ref", request.Ref),
            PushedBy = Text("pushed_by", request.PushedBy),
            Again = request.Again,
            Plan = request.Plan.ToByteArray(),
            Approval = request.Approval.ToByteArray(),
        };
    }

    private static ReleaseConfiguration ReadConfiguration(ReadOnlySpan<byte> json)
    {
        try
        {
            return ReleaseConfigurationJson.Parse(json);
        }
        catch (ConfigurationException e)
        {
            throw Refusal("configuration", e.Message);
        }
    }

    /// <summary>All three, each once and in order: what the source host did not run, it must say.</summary>
    private static List<GateResult> ReadGates(PushRequest request)
    {
        try
        {
            var gates = request.SourceGates.Select(g => LedgerJson.ReadGate(g.Span)).ToList();
            Require(gates.Select(g => g.Gate).SequenceEqual(OfTheSource), "source_gates", string.Join(", ", gates.Select(g => g.Gate)));
            Require(gates.TrueForAll(g => g.Checks.All(c => c.Id.StartsWith($"{g.Gate}.", StringComparison.Ordinal))), "source_gates", "a check of another gate");
            Require(gates.SelectMany(g => g.Checks).Select(c => c.Id).Distinct(StringComparer.Ordinal).Count() == gates.Sum(g => g.Checks.Length), "source_gates", "a check twice");
            return gates.Select(SourceGateRules.Problem).OfType<string>().FirstOrDefault() is { } problem ? throw Refusal("source_gates", problem) : gates;
        }
        catch (JsonException e)
        {
            throw Refusal("source_gates", e.Message);
        }
    }

    private static string Text(string field, string text)
    {
        Require(text.Length <= 1024, field, $"{text.Length} characters");
        return text;
    }

    private static bool IsObjectId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static void Require(bool holds, string field, object seen)
    {
        if (!holds)
        {
            throw Refusal(field, $"it cannot be {seen}");
        }
    }

    private static RefusalException Refusal(string field, string why) => new(
        RefusalCode.BadRequest, $"the push's {field} is refused: {why}", "push with an iucutter of the agent's version");
}
