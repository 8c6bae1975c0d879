using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>The gates of a push, in their order.</summary>
[JsonConverter(typeof(NameConverter<GateId>))]
public enum GateId
{
    /// <summary>Source environment: repository, commit, clean tree, ref, tag.</summary>
    G0,

    /// <summary>Local source: the payload's own tests on the source host, scan of the tree.</summary>
    G1,

    /// <summary>Artifact: digest, file count, reproduced twice to the same bytes, scan of the artifact.</summary>
    G2,

    /// <summary>Target preflight: guards, tools, room on disk, the slot's state, the anchors' first reading.</summary>
    G3,

    /// <summary>Transfer and staging: every digest verified, release directory complete, anchors' second reading.</summary>
    G4,

    /// <summary>Post-deploy checks: compile, import, tests, assertions.</summary>
    G5,

    /// <summary>Smoke.</summary>
    G6,

    /// <summary>Promote and rollback proof, anchors' third reading.</summary>
    G7,

    /// <summary>Report: package written, ledger head signed.</summary>
    G8,
}
