using System.Globalization;
using System.Net.Sockets;
using IuCutter.Agent.Posix;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace IuCutter.Agent.Serving;

/// <summary>Who may talk to the agent over its Unix socket: the agent's own user, root, and those whom it was told of.</summary>
internal sealed partial class PeerPolicy(IReadOnlyList<string> users, ILogger<PeerPolicy> log)
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    private readonly HashSet<uint> _allowed = [0, Libc.EffectiveUser(), .. users.Select(IdOf)];

    /// <summary>Closes a connection before its first byte is read, if its other end is somebody else's.</summary>
    public async Task CheckAsync(ConnectionContext connection, Func<Task> next)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket?.AddressFamily == AddressFamily.Unix && PeerOf(socket) is var peer && !_allowed.Contains(peer))
        {
            LogRefused(log, peer);
            connection.Abort(new ConnectionAbortedException("this user may not talk to the agent"));
            return;
        }

        await next();
    }

    /// <summary>struct ucred, unix(7): process, user and group, each 32 bits.</summary>
    private static uint PeerOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return BitConverter.ToUInt32(credentials[4..]);
    }

    /// <exception cref="RefusalException">There is no such user.</exception>
    private static uint IdOf(string user)
    {
        if (uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return id;
        }

        var line = File.ReadLines("/etc/passwd").Select(l => l.Split(':')).FirstOrDefault(l => l.Length > 2 && l[0] == user);
        return line is not null
            ? uint.Parse(line[2], CultureInfo.InvariantCulture)
            : throw new RefusalException(RefusalCode.BadRequest, $"there is no user {user} on this host", "name an existing user, or its number, with --allow-user");
    }

    [LoggerMessage(300, LogLevel.Warning, "refused a connection of user {User}; --allow-user would let it in")]
    private static partial void LogRefused(ILogger log, uint user);
}
