using IuCutter.Agent.Posix;
using IuCutter.Ledgers;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Ledger;

/// <summary>
/// The target's ledger: the one file that says what happened, appended to by one agent. A line is whole or it is not there.
/// </summary>
public sealed class LedgerFile : IDisposable
{
    private const string Name = "ledger.jsonl";
    private const string ReserveName = "reserve";
    private const int ReserveBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly DirectoryHandle _directory;
    private readonly SafeFileHandle _file;
    private readonly LedgerChain _chain = new();
    private readonly LedgerIndex _index = new();
    private long _length;
    private bool _isFlushed = true;

    private LedgerFile(DirectoryHandle directory, SafeFileHandle file, string path, TimeProvider time)
    {
        (_directory, _file, Path, _time) = (directory, file, path, time);
    }

    public string Path { get; }

    public (long Entries, string Head) Head
    {
        get
        {
            lock (_lock)
            {
                return (_chain.Entries, _chain.Head);
            }
        }
    }

    /// <summary>Opens the ledger in a directory, checks every line, and sets a torn last line aside.</summary>
    /// <exception cref="LedgerBrokenException">A line was edited or damaged: the agent must not build on it.</exception>
    public static LedgerFile Open(string directory, TimeProvider time)
    {
        var handle = DirectoryHandle.Open(directory);
        var path = System.IO.Path.Combine(directory, Name);
        handle.Remove("ledger.jsonl.new"u8);
        var isNew = handle.Status("ledger.jsonl"u8) is null;
        if (isNew)
        {
            handle.CreateFile("ledger.jsonl"u8, 0x180).Dispose();
        }

        var ledger = new LedgerFile(handle, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read), path, time);
        ledger.Load();
        ledger.Reserve();
        handle.Flush();
        return ledger;
    }

    /// <summary>Appends one line.</summary>
    /// <param name="durable">True: it survives a power cut before this returns. Lines before it do too.</param>
    /// <returns>The line without its newline, and what it says.</returns>
    /// <exception cref="LedgerUnwritableException">It could not be written; the ledger is as it was.</exception>
    public (ReadOnlyMemory<byte> Line, LedgerEntry Entry) Append(string operation, LedgerEvent what, bool durable)
    {
        lock (_lock)
        {
            var entry = new LedgerEntry(_chain.Entries + 1, _chain.Head, Milliseconds(_time.GetUtcNow()), operation, what);
            var line = LedgerJson.Write(entry);
            Write(line, durable);
            CrashPoint.Reach("C16.before");
            _chain.Advance(line);
            _index.Add(entry, _length - line.Length - 1, line.Length);
            CrashPoint.Reach("C16.after");
            return (line, entry);
        }
    }

    /// <summary>Makes every line survive a power cut: before anyone is told of the head, who would take its loss for a ledger that was cut.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (!_isFlushed)
            {
                DirectoryHandle.Flush(_file);
                _isFlushed = true;
            }
        }
    }

    /// <summary>What the ledger says of a slot now; a copy that does not move on.</summary>
    public SlotHistory History(string slot)
    {
        var history = new SlotHistory();
        foreach (var line in Lines(_index.OfSlot(slot)))
        {
            history.Take(LedgerJson.ReadEntry(line.Span));
        }

        return history;
    }

    /// <summary>The slots that the ledger knows, in order of their names.</summary>
    public IReadOnlyList<string> Slots => _index.Slots;

    /// <summary>The ids of the operations, oldest first.</summary>
    public IReadOnlyList<string> Operations => _index.Operations;

    /// <summary>The operation that the approval with this nonce was used for; null while it was not.</summary>
    public string? UserOf(string nonce) => _index.UserOf(nonce);

    /// <summary>One operation's lines, in order; none when it is not known.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> LinesOf(string operation) => Lines(_index.OfOperation(operation));

    /// <summary>The newest lines, or all.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> LastLines(int most) => Lines(_index.Last(most));

    /// <summary>The lines after a given number, up to and with another.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> LinesBetween(long after, long last) => Lines(_index.Between(after, last));

    public IEnumerable<LedgerEntry> EntriesOf(string operation) => LinesOf(operation).Select(l => LedgerJson.ReadEntry(l.Span));

    public void Dispose()
    {
        _file.Dispose();
        _directory.Dispose();
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset at) => new(at.Ticks - (at.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    private IEnumerable<ReadOnlyMemory<byte>> Lines(IReadOnlyList<(long Offset, int Length)> places)
    {
        foreach (var (offset, length) in places)
        {
            var line = new byte[length];
            if (RandomAccess.Read(_file, line, offset) != length)
            {
                throw new LedgerBrokenException(0, "it has become shorter under the running agent");
            }

            yield return line;
        }
    }

    private void Load()
    {
        using var reader = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var line = new MemoryStream();
        for (int value; (value = reader.ReadByte()) >= 0;)
        {
            if (value != '\n')
            {
                line.WriteByte((byte)value);
                continue;
            }

            var bytes = line.GetBuffer().AsSpan(0, (int)line.Length);
            if (bytes.Contains((byte)0))
            {
                SetZeroedTailAside();
                return;
            }

            _index.Add(_chain.Take(bytes), _length, bytes.Length);
            _length += bytes.Length + 1;
            line.SetLength(0);
        }

        if (line.Length > 0)
        {
            SetTornTailAside(line.ToArray());
        }
    }

    private void SetZeroedTailAside()
    {
        var rest = new byte[RandomAccess.GetLength(_file) - _length];
        _ = RandomAccess.Read(_file, rest, _length);
        if (!TornTail.Is(rest))
        {
            throw new LedgerBrokenException(_chain.Entries + 1, "it holds zeros, and lines that had been flushed come after it");
        }

        SetTornTailAside(rest);
    }

    /// <summary>A line without its newline was being written when the agent or the power went: it never counted, and it is kept.</summary>
    private void SetTornTailAside(byte[] tail)
    {
        var name = $"ledger.{_chain.Entries}.{_time.GetUtcNow():yyyyMMddHHmmss}.torn";
        File.WriteAllBytes(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, name), tail);
        RandomAccess.SetLength(_file, _length);
        DirectoryHandle.Flush(_file);
    }

    private void Write(byte[] line, bool durable)
    {
        try
        {
            WriteOnce(line, durable);
        }
        catch (IOException)
        {
            // The disk may be full: what undoing needs to record fits into the reserve.
            GiveBack();
            ReleaseReserve();
            try
            {
                WriteOnce(line, durable);
            }
            catch (IOException e)
            {
                GiveBack();
                throw new LedgerUnwritableException(Path, e);
            }
        }

        _length += line.Length + 1;
    }

    private void WriteOnce(byte[] line, bool durable)
    {
        CrashPoint.Reach("C15.before", () => RandomAccess.Write(_file, line.AsSpan(0, line.Length / 2), _length));
        RandomAccess.Write(_file, [line, "\n"u8.ToArray()], _length);
        CrashPoint.Reach("C15.after");
        _isFlushed = durable;
        if (durable)
        {
            DirectoryHandle.Flush(_file);
        }
    }

    private void GiveBack()
    {
        try
        {
            RandomAccess.SetLength(_file, _length);
        }
        catch (IOException)
        {
            // A torn tail is recognised at the next start.
        }
    }

    private void Reserve()
    {
        if (_directory.Status("reserve"u8) is null)
        {
            try
            {
                File.WriteAllBytes(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, ReserveName), new byte[ReserveBytes]);
            }
            catch (IOException)
            {
                // No room for a reserve: preflight measures the room before each push and blocks it.
                ReleaseReserve();
            }
        }
    }

    private void ReleaseReserve() => _directory.Remove("reserve"u8);
}
