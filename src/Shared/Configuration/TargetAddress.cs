using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace IuCutter.Configuration;

/// <summary>
/// Where an agent listens: <c>unix:///path</c>, <c>ssh://[user@]host[:port][/absolute/socket/path]</c> or
/// <c>http://127.0.0.1:port</c>, the last on the loopback interface only, because it is neither encrypted nor authenticated.
/// </summary>
[JsonConverter(typeof(TargetAddressConverter))]
public abstract partial record TargetAddress
{
    private const string Forms = "unix:///path/to/socket, ssh://[user@]host[:port][/path/to/socket] or http://127.0.0.1:port";

    private TargetAddress()
    {
    }

    /// <summary>Says in <paramref name="refusal"/> what is wrong and what would be right.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out TargetAddress? address, [NotNullWhen(false)] out string? refusal)
    {
        (address, refusal) = text switch
        {
            _ when text.StartsWith("unix://", StringComparison.Ordinal) => ParseUnix(text["unix://".Length..]),
            _ when text.StartsWith("ssh://", StringComparison.Ordinal) => ParseSsh(text["ssh://".Length..]),
            _ when text.StartsWith("http://", StringComparison.Ordinal) => ParseLoopback(text["http://".Length..]),
            _ => (null, $"no address of an agent; wanted {Forms}"),
        };
        return address is not null;
    }

    private static (TargetAddress?, string?) ParseUnix(string path) =>
        ConfigurationRules.AbsolutePathRefusal(path) is { } refusal
            ? (null, $"the socket's path {refusal}; wanted unix:///path/to/socket")
            : (new Unix(path), null);

    private static (TargetAddress?, string?) ParseSsh(string rest)
    {
        var match = SshForm().Match(rest);
        if (!match.Success)
        {
            return (null, "wanted ssh://[user@]host[:port][/path/to/socket], neither user nor host beginning with '-'");
        }

        var socket = match.Groups["socket"] is { Success: true, Value: var path } ? path : null;
        if (socket is not null && ConfigurationRules.AbsolutePathRefusal(socket) is { } refusal)
        {
            return (null, $"the socket's path {refusal}");
        }

        return PortOf(match.Groups["port"]) is { Wrong: false } port
            ? (new Ssh(match.Groups["user"] is { Success: true, Value: var user } ? user : null, match.Groups["host"].Value, port.Number, socket), null)
            : (null, "the port must be 1 to 65535");
    }

    private static (TargetAddress?, string?) ParseLoopback(string rest)
    {
        var match = HttpForm().Match(rest);
        if (!match.Success || PortOf(match.Groups["port"]) is not { Number: { } port })
        {
            return (null, "wanted http://127.0.0.1:port and nothing after the port");
        }

        var host = match.Groups["host"].Value;
        var isLoopback = string.Equals(host, "localhost", StringComparison.Ordinal) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
        return isLoopback
            ? (new Loopback(host, port), null)
            : (null, $"http is allowed to this host only (127.0.0.1, [::1], localhost), not to {host}; use ssh://{host}");
    }

    private static (int? Number, bool Wrong) PortOf(Group group)
    {
        if (!group.Success)
        {
            return (null, false);
        }

        var isPort = ushort.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
        return isPort ? (port, false) : (null, true);
    }

    // A user or host that begins with '-' would reach ssh as an option.
    [GeneratedRegex(
        @"^((?<user>[A-Za-z0-9_][A-Za-z0-9._-]*)@)?(?<host>[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:(?<port>[0-9]+))?(?<socket>/.*)?\z",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex SshForm();

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?<port>[0-9]+)/?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HttpForm();

    public sealed record Unix(string Path) : TargetAddress
    {
        public override string ToString() => $"unix://{Path}";
    }

    /// <summary>The agent's socket on the far host, null being the agent's default.</summary>
    public sealed record Ssh(string? User, string Host, int? Port, string? Socket) : TargetAddress
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"ssh://{(User is null ? "" : User + "@")}{Host}{(Port is null ? "" : $":{Port}")}{Socket}");
    }

    public sealed record Loopback(string Host, int Port) : TargetAddress
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"http://{Host}:{Port}");
    }
}
