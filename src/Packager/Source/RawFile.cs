using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Packager.Source;

/// <summary>Files opened by the bytes of their names, which .NET's own file names, being text, cannot always say.</summary>
internal static partial class RawFile
{
    // Reading only; a pipe without a writer would else be waited for.
    private static int WithoutWaiting => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    /// <summary>A descriptor for reading; negative where it cannot be opened, and the last error of the system says why.</summary>
    /// <param name="path">Ends with a zero.</param>
    public static int Open(byte[] path) => Open(path, WithoutWaiting);

    /// <summary>False for what no bytes lie in: a pipe, a socket, a terminal. A link counts as what it leads to.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static async Task<bool> IsPlainAsync(string path)
    {
        using var file = new SafeFileHandle(Open([.. Encoding.UTF8.GetBytes(path), 0]), ownsHandle: true);
        if (file.IsInvalid)
        {
            throw new IOException($"'{path}' cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        await using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        return stream.CanSeek;
    }

    /// <summary>Reads the file's begin; as many bytes as there are, or the buffer holds. Negative where it cannot be read. A file system may give fewer.</summary>
    public static int ReadBegin(byte[] path, Span<byte> buffer)
    {
        var file = Open(path);
        if (file < 0)
        {
            return -1;
        }

        try
        {
            return (int)Read(file, ref MemoryMarshal.GetReference(buffer), buffer.Length);
        }
        finally
        {
            _ = Close(file);
        }
    }

    /// <summary>The text of a link, as much of it as the buffer holds; negative where the path is none.</summary>
    /// <param name="path">Ends with a zero.</param>
    public static int ReadLink(byte[] path, Span<byte> buffer) => (int)ReadLink(path, ref MemoryMarshal.GetReference(buffer), buffer.Length);

    [LibraryImport("libc", EntryPoint = "readlink")]
    private static partial nint ReadLink(byte[] path, ref byte buffer, nint size);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte buffer, nint size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
