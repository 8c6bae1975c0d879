using System.Security.Cryptography;
using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Digests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Pushing;

/// <summary>The bundle that is arriving now, in a place of its own beside the releases that are staged: written and hashed as it comes, over as many calls as it takes.</summary>
internal sealed class IncomingBundle : IDisposable
{
    private readonly DirectoryHandle _root;
    private readonly SafeFileHandle _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Sha256Digest? _seen;

    private IncomingBundle(DirectoryHandle root, string folder, SafeFileHandle file, long bytes, Sha256Digest digest)
    {
        (_root, Folder, _file, Bytes, Digest) = (root, folder, file, bytes, digest);
    }

    /// <summary>Below the root; all of it goes when this is disposed.</summary>
    public string Folder { get; }

    public string File => $"{Folder}/bundle";

    /// <summary>What it has when it is whole, as its sender says.</summary>
    public long Bytes { get; }

    public Sha256Digest Digest { get; }

    public long Written { get; private set; }

    public static IncomingBundle Begin(DirectoryHandle root, string operation, long bytes, Sha256Digest digest)
    {
        var folder = $"{DeployRoot.OwnDirectory}/staging/bundle-{operation}";
        root.RemoveTree(Encoding.ASCII.GetBytes(folder));
        CrashPoint.Reach("C25.before");
        root.MakeDirectory(Encoding.ASCII.GetBytes(folder), 0x1C0);
        CrashPoint.Reach("C25.after");
        return new IncomingBundle(root, folder, root.CreateFile(Encoding.ASCII.GetBytes($"{folder}/bundle"), 0x180), bytes, digest);
    }

    /// <exception cref="RefusalException">There is more than there was to be.</exception>
    public void Write(ReadOnlySpan<byte> part)
    {
        if (part.Length > Bytes - Written)
        {
            throw Damaged($"more than the {Bytes} bytes came that it was to have");
        }

        CrashPoint.Reach("C26.before");
        FileBytes.Write(_file, part, Written);
        CrashPoint.Reach("C26.after");
        _hash.AppendData(part);
        Written += part.Length;
    }

    /// <exception cref="RefusalException">What came is not what it was to be.</exception>
    public void Close()
    {
        if (Written != Bytes)
        {
            throw Damaged($"{Written} of {Bytes} bytes came");
        }

        _seen ??= Sha256Digest.FromBytes(_hash.GetHashAndReset());
        if (_seen != Digest)
        {
            throw Damaged($"it arrived with sha256 {_seen.Value.Short}…, not {Digest.Short}…");
        }
    }

    public byte[] Begin(int most)
    {
        var begin = new byte[Math.Min(most, Written)];
        return RandomAccess.Read(_file, begin, 0) == begin.Length ? begin : throw new IOException("the bundle became shorter while it was read");
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
        _root.RemoveTree(Encoding.ASCII.GetBytes(Folder));
    }

    private static RefusalException Damaged(string how) => new(
        RefusalCode.DigestMismatch, $"the bundle is refused: {how}", "push again; if it happens twice, something between the hosts changes data");
}
