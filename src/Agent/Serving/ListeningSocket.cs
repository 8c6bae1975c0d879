using System.Net.Sockets;
using IuCutter.Agent.Posix;

namespace IuCutter.Agent.Serving;

/// <summary>The path of the agent's Unix socket: in a directory that only its owner may write to, and nobody else's.</summary>
internal static class ListeningSocket
{
    private const int LongestPath = 107;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the directory, and clears away a socket that nobody listens on any more.</summary>
    /// <exception cref="RefusalException">The path cannot be used, or somebody listens there.</exception>
    public static string Prepare(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw new RefusalException(RefusalCode.BadRequest, $"the socket's path is longer than {LongestPath} bytes: {path}", "name a shorter one with --socket");
        }

        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        using (var handle = DirectoryHandle.Open(directory))
        {
            var status = handle.OwnStatus();
            if ((status.User != Libc.EffectiveUser() && status.User != 0) || (status.Mode & 0x12) != 0)
            {
                throw new RefusalException(
                    RefusalCode.TargetFault,
                    $"others may write to {directory} (mode {Convert.ToString((int)status.Mode, 8)}, owner {status.User}) and could put a socket of their own there",
                    $"`chmod 755 {directory}`, or name another place with --socket");
            }
        }

        if (File.Exists(path))
        {
            ClearAway(path);
        }

        return path;
    }

    /// <param name="isShared">True when users beside the agent's own may connect: who they are is asked of each connection.</param>
    public static UnixFileMode Mode(bool isShared) => isShared
        ? OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite
        : OwnerOnly;

    private static void ClearAway(string path)
    {
        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new RefusalException(RefusalCode.TargetFault, $"somebody listens on {path} already", "stop that agent first, or name another socket with --socket");
    }
}
