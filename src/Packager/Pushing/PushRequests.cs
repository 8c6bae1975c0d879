using Google.Protobuf;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Manifests;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>What is asked of the agent, for a push or for the plan of one: the same words, so that the plan is of that very push.</summary>
internal static class PushRequests
{
    public static PushRequest Of(PushSubject subject, Manifest manifest, IReadOnlyList<GateResult> gates)
    {
        var request = new PushRequest
        {
            Slot = subject.Configuration.Slot,
            Name = subject.Configuration.Name,
            Commit = subject.Commit.Id,
            ManifestSha256 = ByteString.CopyFrom(manifest.Digest.ToArray()),
            ManifestBytes = (ulong)manifest.CanonicalBytes.Length,
            ContentBytes = (ulong)manifest.ContentBytes,
            Entries = (ulong)manifest.Entries.Count,
            ArtifactFormat = subject.Source.Format,
            ArtifactSha256 = ByteString.CopyFrom((subject.Source.FileDigest ?? manifest.Digest).ToArray()),
            Configuration = ByteString.CopyFrom(ReleaseConfigurationJson.Serialize(subject.Configuration)),
            Repository = subject.Commit.Remote ?? subject.Source.Place,
            Ref = subject.Commit.Ref ?? "",
            PushedBy = Surroundings.Actor,
        };
        request.SourceGates.AddRange(gates.Select(g => ByteString.CopyFrom(LedgerJson.Write(g))));
        return request;
    }
}
