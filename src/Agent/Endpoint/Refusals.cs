using Grpc.Core;

namespace IuCutter.Agent.Endpoint;

/// <summary>
/// Refusals on the wire: a status code, a sentence, and the trailers <c>iucutter-code</c> (stable, for programs) and
/// <c>iucutter-next</c> (what to do next).
/// </summary>
internal static class Refusals
{
    public static RpcException ToRpc(RefusalException refusal) => new(
        new Status(StatusOf(refusal.Code), refusal.Message),
        new Metadata { { "iucutter-code", refusal.Code.ToString() }, { "iucutter-next", Ascii(refusal.Next) } });

    /// <summary>What a header may hold, RFC 9110 section 5.5.</summary>
    private static string Ascii(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));

    private static StatusCode StatusOf(RefusalCode code) => code switch
    {
        RefusalCode.BadRequest => StatusCode.InvalidArgument,
        RefusalCode.SlotBusy => StatusCode.Aborted,
        RefusalCode.NotFound => StatusCode.NotFound,
        RefusalCode.WrongState => StatusCode.FailedPrecondition,
        RefusalCode.DigestMismatch => StatusCode.DataLoss,
        RefusalCode.NothingToRollBackTo => StatusCode.FailedPrecondition,
        RefusalCode.NotAllowed => StatusCode.PermissionDenied,
        RefusalCode.NoPeople => StatusCode.FailedPrecondition,
        RefusalCode.NotSigned => StatusCode.PermissionDenied,
        RefusalCode.NoRoom => StatusCode.ResourceExhausted,
        RefusalCode.BundleRefused => StatusCode.FailedPrecondition,
        RefusalCode.MirrorChanged => StatusCode.Aborted,
        RefusalCode.TargetFault => StatusCode.Internal,
    };
}
