using System.Security.Cryptography;
using System.Text;
using IuCutter.Digests;

namespace IuCutter.Commands;

/// <summary>Keeps a command's output in a file, up to a limit, and knows its digest and its end. Bounded memory, whatever is printed.</summary>
internal sealed class OutputSpool : IDisposable
{
    private const int TailBytes = 4096;
    private const int LongestLine = 8192;

    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SecretMask _mask;
    private readonly long _limit;
    private readonly Action<string>? _onLine;
    private readonly Queue<byte> _tail = new(TailBytes);
    private readonly List<byte> _line = [];
    private long _kept;
    private long _bytes;
    private bool _isFinished;
    private IOException? _failure;

    public OutputSpool(string path, long limit, IEnumerable<string> secrets, Action<string>? onLine)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write);
        (_mask, _limit, _onLine) = (new SecretMask(secrets), limit, onLine);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_isFinished || _failure is not null)
            {
                return;
            }

            _bytes += bytes.Length;
            try
            {
                _mask.Write(bytes, isLast: false, Keep);
            }
            catch (IOException e)
            {
                // The command is not to wait for a pipe that nobody empties.
                _failure = e;
            }
        }
    }

    /// <summary>What comes later, from a child that outlived its command, is not kept.</summary>
    /// <exception cref="IOException">Something could not be kept: then nothing may be said of the output.</exception>
    public KeptOutput Finish()
    {
        lock (_lock)
        {
            _isFinished = true;
            if (_failure is not null)
            {
                throw new IOException($"the output could not be kept: {_failure.Message}", _failure);
            }

            _mask.Write([], isLast: true, Keep);
            EndLine();
            _file.Dispose();
            var digest = Sha256Digest.FromBytes(_hash.GetHashAndReset());
            return new KeptOutput(_file.Name, digest, _bytes, _bytes > _limit, DisplayText.Escape(_tail.ToArray()));
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private void Keep(ReadOnlyMemory<byte> masked)
    {
        var keep = masked.Span[..(int)Math.Min(masked.Length, Math.Max(0, _limit - _kept))];
        _file.Write(keep);
        _hash.AppendData(keep);
        _kept += keep.Length;
        foreach (var value in masked.Span[Math.Max(0, masked.Length - TailBytes)..])
        {
            if (_tail.Count == TailBytes)
            {
                _tail.Dequeue();
            }

            _tail.Enqueue(value);
        }

        if (_onLine is not null)
        {
            SplitLines(masked.Span);
        }
    }

    private void SplitLines(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            _line.AddRange(part[..Math.Min(part.Length, LongestLine - _line.Count)]);
            if (end < 0)
            {
                return;
            }

            EndLine();
            bytes = bytes[(end + 1)..];
        }
    }

    private void EndLine()
    {
        if (_onLine is not null && _line.Count > 0)
        {
            _onLine(Encoding.UTF8.GetString([.. _line]));
        }

        _line.Clear();
    }
}
