using System.Buffers;
using System.Security.Cryptography;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Brings a content that lies on the target into a release's tree: by reflink where the file system can, else by copy, so that the two files
/// share nothing that a program writing in place could damage; or, with <see cref="LinkRule.Hard"/>, as the same file, which nobody may write to.
/// Every byte is hashed on the way.
/// </summary>
internal sealed class ContentCopy(DirectoryHandle tree, TreeFiles files, LinkRule link)
{
    private const int BufferBytes = 256 * 1024;

    // Below this a reflink costs more than the copy that it saves.
    private const int SmallestReflink = 64 * 1024;

    /// <summary>What nobody may have of a file that releases share.</summary>
    public const uint WriteBits = 0x92;

    public bool MayLink => link == LinkRule.Hard;

    public SafeFileHandle Create(ManifestEntry entry) =>
        files.CreateFile(entry.Path.ToBytes(), MayLink ? ModeOf(entry.Kind) & ~WriteBits : ModeOf(entry.Kind));

    /// <summary>The permission bits of a file that no other release shares.</summary>
    public static uint ModeOf(EntryKind kind) => kind == EntryKind.Executable ? 0x1EDu : 0x1A4u;

    /// <summary>Gives the entry the very file that is open, if it is the entry's content; one that can have no more names is copied.</summary>
    /// <returns>False, and nothing is left, when the source is not the content that the entry means, or cannot be read.</returns>
    public bool Share(SafeFileHandle source, ManifestEntry entry) =>
        IsContent(source, entry) && (tree.TryNameFile(source, entry.Path.ToBytes()) || Make(source, entry));

    /// <returns>False, and nothing is left, when the source is not the content that the entry means, or cannot be read.</returns>
    public bool Make(SafeFileHandle source, ManifestEntry entry, CancellationToken cancellationToken = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            return entry.Size < BufferBytes ? CopyWhole(source, entry, buffer) : CopyPieces(source, entry, buffer, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsContent(SafeFileHandle file, ManifestEntry entry)
    {
        try
        {
            return ContentDigest.Of(file, out _, entry.Size) == entry.Content;
        }
        catch (PosixException)
        {
            return false;
        }
    }

    private bool CopyWhole(SafeFileHandle source, ManifestEntry entry, byte[] buffer)
    {
        // One byte more than there should be: a longer file is another one.
        if (!FileBytes.TryRead(source, buffer.AsSpan(0, (int)entry.Size + 1), 0, out var read) || read != entry.Size || Sha256Digest.Of(buffer.AsSpan(0, read)) != entry.Content)
        {
            return false;
        }

        using var file = Create(entry);
        if (read < SmallestReflink || !DirectoryHandle.TryReflink(source, file))
        {
            FileBytes.Write(file, buffer.AsSpan(0, read), 0);
        }

        return true;
    }

    private bool CopyPieces(SafeFileHandle source, ManifestEntry entry, byte[] buffer, CancellationToken cancellationToken)
    {
        var isWhole = false;
        try
        {
            using var file = Create(entry);
            isWhole = CopyPieces(source, file, entry, buffer, cancellationToken);
        }
        finally
        {
            if (!isWhole)
            {
                tree.Remove(entry.Path.ToBytes());
            }
        }

        return isWhole;
    }

    private static bool CopyPieces(SafeFileHandle source, SafeFileHandle file, ManifestEntry entry, byte[] buffer, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isReflink = DirectoryHandle.TryReflink(source, file);

        // What is hashed is what the new file has, whoever writes to the old one meanwhile.
        var from = isReflink ? file : source;
        long at = 0;
        while (at <= entry.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!FileBytes.TryRead(from, buffer, at, out var read))
            {
                return false;
            }

            if (read == 0)
            {
                break;
            }

            hash.AppendData(buffer, 0, read);
            if (!isReflink)
            {
                FileBytes.Write(file, buffer.AsSpan(0, read), at);
            }

            at += read;
        }

        return at == entry.Size && Sha256Digest.FromBytes(hash.GetHashAndReset()) == entry.Content;
    }
}
