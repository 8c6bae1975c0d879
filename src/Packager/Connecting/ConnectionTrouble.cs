using System.Globalization;
using System.Net.Sockets;
using IuCutter.Configuration;

namespace IuCutter.Packager.Connecting;

/// <summary>Says why a target cannot be reached, what was tried, and what to do about it.</summary>
internal static class ConnectionTrouble
{
    /// <param name="cause">What the last attempt to connect met; null when a connection was made and then broke.</param>
    /// <param name="sshSaid">What ssh said, where it was on the way.</param>
    public static CommandException Of(TargetAddress address, SocketException? cause, string? sshSaid) => address switch
    {
        TargetAddress.Unix unix => OfSocket(unix, cause),
        TargetAddress.Ssh ssh => OfSsh(ssh, sshSaid),
        TargetAddress.Loopback loopback => OfPort(loopback, cause),
        _ => throw new InvalidOperationException($"No such kind of address: {address}"),
    };

    private static CommandException OfSocket(TargetAddress.Unix unix, SocketException? cause) => cause?.SocketErrorCode switch
    {
        // .NET says AddressNotAvailable for a path that does not exist.
        SocketError.AddressNotAvailable or SocketError.HostNotFound => Unreachable(
            $"no agent at {unix}: there is no socket", NotRunning(unix), cause),
        SocketError.ConnectionRefused => Unreachable(
            $"no agent at {unix}: the socket is there, but nobody listens", NotRunning(unix), cause),
        SocketError.AccessDenied => Unreachable(
            $"user '{Environment.UserName}' may not connect to {unix}",
            $"have the operator start the agent with `--allow-user {Environment.UserName}`, or run as the agent's own user; `ls -l {unix.Path}` names it",
            cause),
        null => Unreachable($"the agent at {unix} does not answer", $"see the agent's own output; is it another program's socket?", cause),
        _ => Unreachable($"{unix} cannot be reached: {cause.Message}", NotRunning(unix), cause),
    };

    private static CommandException OfSsh(TargetAddress.Ssh ssh, string? said) => Unreachable(
        $"ssh reaches {ssh.Host}, but no agent answers there{(string.IsNullOrEmpty(said) ? "" : $" (ssh: {said})")}",
        $"on {ssh.Host}: is `iucutter-agent serve` running, and may {ssh.User ?? "the ssh user"} use {ssh.Socket ?? TargetChoice.DefaultSocket}? "
            + "Another socket is named in the target: ssh://host/path/to/socket",
        cause: null);

    private static CommandException OfPort(TargetAddress.Loopback loopback, SocketException? cause) => Unreachable(
        cause is null ? $"what listens at {loopback} does not answer as an agent" : $"no agent at {loopback}: {cause.Message}",
        string.Create(CultureInfo.InvariantCulture, $"is `iucutter-agent serve` running with a listener on port {loopback.Port}?"),
        cause);

    private static string NotRunning(TargetAddress.Unix unix) =>
        $"is `iucutter-agent serve` running on this host with this socket? For another host: --target ssh://user@host{(unix.Path == TargetChoice.DefaultSocket ? "" : unix.Path)}";

    private static CommandException Unreachable(string message, string next, Exception? cause) =>
        new(ExitCode.Unreachable, "TARGET_UNREACHABLE", message, next, cause);
}
