using Grpc.Core;
using IuCutter.Configuration;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.Connecting;

/// <summary>
/// What the agent refuses, as it travels: the status, its detail, and the trailers <c>iucutter-code</c> (a stable name) and
/// <c>iucutter-next</c> (what to do).
/// </summary>
internal static class Refusal
{
    public const string CodeTrailer = "iucutter-code";
    public const string NextTrailer = "iucutter-next";

    /// <summary>The way to the agent is broken, whatever the agent thinks: what it says itself carries a code.</summary>
    public static bool IsOfTheWay(RpcException refusal) =>
        refusal.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded
        || (refusal.StatusCode is StatusCode.Cancelled or StatusCode.Internal && CodeOf(refusal) is null);

    public static CommandException Of(RpcException refusal, TargetAddress address)
    {
        var exit = refusal.StatusCode switch
        {
            StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.OutOfRange => ExitCode.Usage,
            StatusCode.FailedPrecondition or StatusCode.Aborted or StatusCode.ResourceExhausted or StatusCode.AlreadyExists
                or StatusCode.PermissionDenied or StatusCode.Unauthenticated => ExitCode.Blocked,
            StatusCode.Unavailable or StatusCode.DeadlineExceeded => ExitCode.Unreachable,
            _ => ExitCode.Failed,
        };
        return refusal.StatusCode == StatusCode.Unimplemented
            ? new CommandException(exit, "AGENT_TOO_OLD", $"the agent at {address} does not know this call: {Detail(refusal)}", "bring agent and iucutter to the same version", refusal)
            : new CommandException(exit, CodeOf(refusal) ?? refusal.StatusCode.ToString(), Detail(refusal), TypedCommand.InText(NextOf(refusal), address), refusal);
    }

    public static string? NextOf(RpcException refusal) => Trailer(refusal, NextTrailer);

    private static string? CodeOf(RpcException refusal) => Trailer(refusal, CodeTrailer);

    private static string Detail(RpcException refusal) =>
        refusal.Status.Detail.Length == 0 ? $"the agent says {refusal.StatusCode} and nothing more" : SafeText.Line(refusal.Status.Detail);

    private static string? Trailer(RpcException refusal, string name) => refusal.Trailers.GetValue(name) is { Length: > 0 } text ? SafeText.Line(text) : null;
}
