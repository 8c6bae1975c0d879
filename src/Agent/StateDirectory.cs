using IuCutter.Agent.Posix;
using IuCutter.Commands;

namespace IuCutter.Agent;

/// <summary>
/// The agent's own directory, 0700: <c>ledger/</c>, <c>keys/</c>, <c>outputs/</c> (kept outputs by sha256), <c>operations/</c>
/// (reports), <c>scratch/</c> (emptied at each start).
/// </summary>
public sealed class StateDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly AgentLock _lock;

    private StateDirectory(string path, AgentLock held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Ledger => System.IO.Path.Combine(Path, "ledger");

    public string Keys => System.IO.Path.Combine(Path, "keys");

    public string Outputs => System.IO.Path.Combine(Path, "outputs");

    public string Operations => System.IO.Path.Combine(Path, "operations");

    public string Scratch => System.IO.Path.Combine(Path, "scratch");

    /// <summary>Makes what is missing, and holds the directory against a second agent until disposed.</summary>
    /// <exception cref="RefusalException">It cannot be made or written, is open to others, or is another agent's.</exception>
    public static StateDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            using (var handle = DirectoryHandle.Open(path))
            {
                Refuse(path, handle.OwnStatus());
            }

            var state = new StateDirectory(path, AgentLock.Take(System.IO.Path.Combine(path, "lock"), "state directory " + path));
            // An agent that was killed as it started a command may have left it behind.
            _ = LeftOverCommands.End(state.Scratch);
            if (Directory.Exists(state.Scratch))
            {
                using var handle = DirectoryHandle.Open(path);
                handle.RemoveTree("scratch"u8);
            }

            foreach (var part in (string[])[state.Ledger, state.Keys, state.Outputs, state.Operations, state.Scratch])
            {
                Directory.CreateDirectory(part, OwnerOnly);
            }

            return state;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                RefusalCode.TargetFault,
                $"the state directory {path} cannot be used: {e.Message}",
                $"make it with `install -d -m 700 -o {Environment.UserName} {path}`, or name another with --state");
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void Refuse(string path, NodeStatus status)
    {
        if (status.User != Libc.EffectiveUser() || (status.Mode & 0x3F) != 0)
        {
            throw new RefusalException(
                RefusalCode.TargetFault,
                $"the state directory {path} holds keys, but others may enter it (mode {Convert.ToString((int)status.Mode, 8)}, owner {status.User})",
                $"close it with `chown {Environment.UserName} {path} && chmod 700 {path}`");
        }
    }
}
