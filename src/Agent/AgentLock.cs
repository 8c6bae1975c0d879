using IuCutter.Agent.Posix;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent;

/// <summary>Holds a directory against a second agent. The kernel lets it go when the process ends, however it ends.</summary>
internal sealed class AgentLock : IDisposable
{
    private const int ExclusiveNow = 2 | 4;

    private readonly SafeFileHandle _file;

    private AgentLock(SafeFileHandle file) => _file = file;

    /// <exception cref="RefusalException">Another agent holds it.</exception>
    public static AgentLock Take(string path, string what)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }).SafeFileHandle;
        if (Libc.Flock((int)file.DangerousGetHandle(), ExclusiveNow) == 0)
        {
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), 0);
            return new AgentLock(file);
        }

        var holder = new byte[32];
        var length = RandomAccess.Read(file, holder, 0);
        file.Dispose();
        throw new RefusalException(
            RefusalCode.TargetFault,
            $"the {what} is held by another agent, process {System.Text.Encoding.ASCII.GetString(holder, 0, length).Trim()}",
            "stop that agent first, or give this one a directory of its own");
    }

    public void Dispose() => _file.Dispose();
}
