using System.Security.Cryptography;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using IuCutter.Manifests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Releases;

/// <summary>The one content of a release that is arriving now: written and hashed as it comes.</summary>
internal sealed class IncomingContent : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SafeFileHandle? _file;

    /// <param name="number">Among the manifest's distinct contents.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="entry">The file that gets it; null when only links have this content.</param>
    /// <param name="file">That file, open.</param>
    public IncomingContent(int number, long size, ManifestEntry? entry, SafeFileHandle? file)
    {
        (Number, Size, Entry, _file) = (number, size, entry, file);
        LinkText = file is null ? new byte[size] : null;
    }

    public int Number { get; }

    public long Size { get; }

    public long Written { get; private set; }

    public ManifestEntry? Entry { get; }

    public byte[]? LinkText { get; }

    public void Write(ReadOnlySpan<byte> part)
    {
        if (_file is not null)
        {
            FileBytes.Write(_file, part, Written);
        }
        else
        {
            part.CopyTo(LinkText.AsSpan((int)Written));
        }

        _hash.AppendData(part);
        Written += part.Length;
    }

    public Sha256Digest Digest() => Sha256Digest.FromBytes(_hash.GetHashAndReset());

    public void Dispose()
    {
        _file?.Dispose();
        _hash.Dispose();
    }
}
