using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Posix;

/// <summary>
/// A file's bytes, one system call each: .NET's own reading and writing first ask every newly opened file where it stands, which for many small files is a
/// tenth of all calls. A full disk is a <see cref="PosixException"/> that says so.
/// </summary>
internal static unsafe class FileBytes
{
    /// <returns>As many bytes as the kernel gives at once; 0 at the end.</returns>
    /// <exception cref="PosixException">The file cannot be read.</exception>
    public static int Read(SafeFileHandle file, Span<byte> into, long at)
    {
        fixed (byte* p = into)
        {
            while (true)
            {
                var read = Libc.ReadAt((int)file.DangerousGetHandle(), p, (nuint)into.Length, at);
                if (read >= 0)
                {
                    return (int)read;
                }

                ThrowUnlessInterrupted("read");
            }
        }
    }

    /// <summary>As <see cref="Read"/>; false where the file cannot be read.</summary>
    public static bool TryRead(SafeFileHandle file, Span<byte> into, long at, out int read)
    {
        try
        {
            read = Read(file, into, at);
            return true;
        }
        catch (PosixException)
        {
            read = 0;
            return false;
        }
    }

    /// <summary>Writes all of them.</summary>
    /// <exception cref="PosixException">Not all could be written; some may have been.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* p = bytes)
            {
                var written = Libc.WriteAt((int)file.DangerousGetHandle(), p, (nuint)bytes.Length, at);
                if (written < 0)
                {
                    ThrowUnlessInterrupted("write");
                    continue;
                }

                bytes = bytes[(int)written..];
                at += written;
            }
        }
    }

    private static void ThrowUnlessInterrupted(string deed)
    {
        if (PosixException.Last(deed, "a file"u8) is { Errno: not PosixException.Interrupted } failure)
        {
            throw failure;
        }
    }
}
