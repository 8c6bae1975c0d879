using System.Text;
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
        // Not through FileStream, whose own advisory locks would get in the way of this one.
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        var name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        var file = directory.Status(name) is null ? directory.CreateFile(name, 0x180) : directory.OpenWrite(name);
        if (Libc.Flock((int)file.DangerousGetHandle(), ExclusiveNow) == 0)
        {
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), 0);
            return new AgentLock(file);
        }

        file.Dispose();
        using var held = directory.OpenRead(name);
        var holder = new byte[32];
        var length = RandomAccess.Read(held, holder, 0);
        throw new RefusalException(
            RefusalCode.TargetFault,
            $"the {what} is held by another agent, process {Encoding.ASCII.GetString(holder, 0, length).Trim()}",
            "stop that agent first, or give this one a directory of its own");
    }

    public void Dispose() => _file.Dispose();
}
