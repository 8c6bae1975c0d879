using Microsoft.Win32.SafeHandles;

namespace IuCutter.Packager.Source;

/// <summary>
/// The file that an archive is written to. A private one loses its name as soon as it is open, so that even a killed process leaves nothing;
/// one beside a wished-for path gets that path by <see cref="Keep"/> when it is whole, and is removed otherwise.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly string? _wished;
    private string? _temporary;

    private SpoolFile(SafeFileHandle handle, string? temporary, string? wished)
    {
        Handle = handle;
        _temporary = temporary;
        _wished = wished;
    }

    public SafeFileHandle Handle { get; }

    public static SpoolFile Private()
    {
        // The system makes this folder with mode 0700.
        var folder = Directory.CreateTempSubdirectory("iucutter-").FullName;
        try
        {
            var path = Path.Combine(folder, "spool");
            var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            File.Delete(path);
            return new SpoolFile(handle, null, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static SpoolFile Beside(string wished)
    {
        var full = Path.GetFullPath(wished);
        var folder = Path.GetDirectoryName(full) ?? throw new IOException($"'{full}' is no file name.");
        var stem = $".{Path.GetFileName(full)}.";
        RemoveLeftovers(folder, stem);
        var temporary = Path.Combine(folder, stem + Path.GetRandomFileName() + ".partial");
        var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return new SpoolFile(handle, temporary, full);
    }

    /// <summary>Gives the file its wished-for name, over whatever has it now. Nothing to do for a private one.</summary>
    public void Keep()
    {
        if (_temporary != null && _wished != null)
        {
            RandomAccess.FlushToDisk(Handle);
            File.Move(_temporary, _wished, overwrite: true);
            _temporary = null;
        }
    }

    public void Dispose()
    {
        Handle.Dispose();
        if (_temporary != null)
        {
            File.Delete(_temporary);
            _temporary = null;
        }
    }

    // What a killed process left. One that is still being written belongs to someone: it was touched in the last hour.
    private static void RemoveLeftovers(string folder, string stem)
    {
        var fresh = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);
        foreach (var leftover in Directory.EnumerateFiles(folder, stem + "*.partial").Where(path => File.GetLastWriteTimeUtc(path) < fresh))
        {
            File.Delete(leftover);
        }
    }
}
