using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using IuCutter.Digests;
using IuCutter.Manifests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Packager.Source;

/// <summary>
/// A folder's files and links as a manifest would list them, read from the disk. Names go to the system as bytes, for .NET's own file names are
/// text and lose what is no UTF-8.
/// </summary>
internal static partial class DirectoryTree
{
    private const int LongestPath = 4096;

    /// <exception cref="IOException">The folder, or something in it, cannot be read, or is neither file nor link.</exception>
    public static async Task<IReadOnlyList<ManifestEntry>> ReadAsync(string folder, CancellationToken cancellation)
    {
        var root = Encoding.UTF8.GetBytes(folder.TrimEnd('/') + "/");
        var entries = new List<ManifestEntry>();
        foreach (var path in await ListAsync(folder, cancellation))
        {
            entries.Add(await EntryAsync(root, path, cancellation));
        }

        entries.Sort((left, right) => left.Path.CompareTo(right.Path));
        return entries;
    }

    /// <summary>Everything but folders, relative, by the system's find.</summary>
    private static async Task<List<byte[]>> ListAsync(string folder, CancellationToken cancellation)
    {
        var info = new ProcessStartInfo("find", [".", "!", "-type", "d", "-print0"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var find = Process.Start(info) ?? throw new IOException("find cannot be started");
        var said = find.StandardError.ReadToEndAsync(cancellation);
        var feed = new ByteFeed(find.StandardOutput.BaseStream);
        var paths = new List<byte[]>();
        while (await feed.LineAsync((byte)0, cancellation) is { } line)
        {
            paths.Add(line["./".Length..].ToArray());
        }

        await find.WaitForExitAsync(cancellation);
        return find.ExitCode == 0 ? paths : throw new IOException($"'{folder}' cannot be listed whole: {await said}");
    }

    private static async Task<ManifestEntry> EntryAsync(byte[] root, byte[] relative, CancellationToken cancellation)
    {
        var shown = TreePath.FromBytes(relative);
        byte[] path = [.. root, .. relative, 0];
        var target = new byte[LongestPath];
        var length = ReadLink(path, target, target.Length);
        if (length >= 0)
        {
            return new ManifestEntry(shown, EntryKind.Link, length, Sha256Digest.Of(target.AsSpan(0, (int)length)));
        }

        using var file = new SafeFileHandle(RawFile.Open(path), ownsHandle: true);
        if (file.IsInvalid)
        {
            throw new IOException($"'{shown}' cannot be read: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        await using var stream = new FileStream(file, FileAccess.Read, bufferSize: 1 << 16);
        if (!stream.CanSeek)
        {
            throw new IOException($"'{shown}' is neither a file nor a link");
        }

        var kind = !OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute) ? EntryKind.Executable : EntryKind.File;
        return new ManifestEntry(shown, kind, stream.Length, Sha256Digest.FromBytes(await SHA256.HashDataAsync(stream, cancellation)));
    }

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static partial nint ReadLink(byte[] path, [Out] byte[] target, nint size);
}
