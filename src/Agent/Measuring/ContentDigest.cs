using System.Buffers;
using System.Security.Cryptography;
using IuCutter.Agent.Posix;
using IuCutter.Digests;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Measuring;

/// <summary>Hashes a file as it lies on the disk.</summary>
internal static class ContentDigest
{
    private const int BufferBytes = 256 * 1024;

    /// <param name="file">Open for reading.</param>
    /// <param name="bytes">How many there were.</param>
    /// <param name="size">How many there should be, where that is known: a read of one more that gives just these has seen the end.</param>
    /// <param name="cancellationToken">Ends the reading of a large file.</param>
    public static Sha256Digest Of(SafeFileHandle file, out long bytes, long size = -1, CancellationToken cancellationToken = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            bytes = FileBytes.Read(file, buffer, 0);
            if (bytes < buffer.Length && (bytes == size || FileBytes.Read(file, buffer.AsSpan((int)bytes, 1), bytes) == 0))
            {
                return Sha256Digest.Of(buffer.AsSpan(0, (int)bytes));
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            bytes = 0;
            for (int read; (read = FileBytes.Read(file, buffer, bytes)) > 0; bytes += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }

            return Sha256Digest.FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
