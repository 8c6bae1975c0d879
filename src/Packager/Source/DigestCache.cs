using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// What git objects' contents are by sha256, as found out by earlier pushes of one repository: an object's id stands for its bytes, so that what
/// was read once need not be read again. It is a file of this user's alone, with its own sha256 at its end; one that is damaged, or that others
/// may write, counts for nothing.
/// </summary>
internal sealed class DigestCache
{
    // The object's id (32 bytes, zeros after a SHA-1), the content's sha256, its size.
    private const int RecordBytes = Sha256Digest.Bytes + Sha256Digest.Bytes + sizeof(long);
    private const int MostRecords = 4_000_000;
    private const int MostBytes = (MostRecords * RecordBytes) + 1024;
    private static readonly byte[] Magic = "iucutter-digests 1\n"u8.ToArray();

    private readonly string? _path;
    private readonly ReadOnlyMemory<byte> _records;

    // Records too, in the order in which they came.
    private byte[] _new = [];
    private int _newCount;

    private DigestCache(string? path, ReadOnlyMemory<byte> records)
    {
        (_path, _records) = (path, records);
    }

    private int Count => _records.Length / RecordBytes;

    /// <summary>A cache that knows nothing and keeps nothing.</summary>
    public static DigestCache None() => new(null, default);

    /// <param name="folder">Where caches lie; made when something is saved.</param>
    /// <param name="repository">The repository's folder.</param>
    public static DigestCache Open(string folder, string repository)
    {
        var path = Path.Combine(folder, Sha256Digest.Of(Encoding.UTF8.GetBytes(repository)).Short + ".digests");
        try
        {
            return new DigestCache(path, IsOurs(path) ? Read(path) : default);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DigestCache(null, default);
        }
    }

    public ManifestContent? Find(GitObjectId id)
    {
        Span<byte> key = stackalloc byte[Sha256Digest.Bytes];
        id.CopyTo(key);
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var record = Record(middle);
            var order = IdOf(record).SequenceCompareTo(key);
            if (order == 0)
            {
                return ContentOf(record);
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>Makes room for so many more.</summary>
    public void Expect(int contents)
    {
        if (_path is not null && contents is > 0 and <= MostRecords)
        {
            var room = FreshPages.Array<byte>((_newCount + contents) * RecordBytes);
            NewRecords.CopyTo(room);
            _new = room;
        }
    }

    public void Add(GitObjectId id, ManifestContent content)
    {
        if (_path is null || _newCount > MostRecords)
        {
            return;
        }

        if (_new.Length == _newCount * RecordBytes)
        {
            Expect(Math.Max(_newCount, 16));
        }

        var record = _new.AsSpan(_newCount++ * RecordBytes, RecordBytes);
        id.CopyTo(record);
        content.Digest.CopyTo(record[Sha256Digest.Bytes..]);
        BinaryPrimitives.WriteInt64LittleEndian(record[(2 * Sha256Digest.Bytes)..], content.Size);
    }

    /// <summary>Ends when what was to be kept is.</summary>
    public Task Saved { get; private set; } = Task.CompletedTask;

    /// <summary>Begins to keep what was added, to which nothing more is. A cache that cannot be written is no failure: the next push reads again.</summary>
    public void Save()
    {
        if (_path is not null && _newCount is > 0 and <= MostRecords)
        {
            Saved = Task.Run(() => CacheFile.TryReplace(_path, Merged()));
        }
    }

    private static bool IsOurs(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        return File.Exists(path)
            && (OperatingSystem.IsWindows() || ((File.GetUnixFileMode(path) | File.GetUnixFileMode(Path.GetDirectoryName(path)!)) & Others) == UnixFileMode.None);
    }

    private static ReadOnlyMemory<byte> Read(string path)
    {
        using var file = File.OpenHandle(path);
        var size = RandomAccess.GetLength(file);
        if (size > MostBytes)
        {
            return default;
        }

        var bytes = FreshPages.Array<byte>((int)size);
        if (RandomAccess.Read(file, bytes, 0) != bytes.Length)
        {
            return default;
        }

        var length = bytes.Length - Magic.Length - Sha256Digest.Bytes;
        return length > 0 && length % RecordBytes == 0
            && bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic)
            && SHA256.HashData(bytes.AsSpan(0, Magic.Length + length)).AsSpan().SequenceEqual(bytes.AsSpan(Magic.Length + length))
            ? bytes.AsMemory(Magic.Length, length)
            : default;
    }

    private static ManifestContent ContentOf(ReadOnlySpan<byte> record) => new(
        Sha256Digest.FromBytes(record.Slice(Sha256Digest.Bytes, Sha256Digest.Bytes)),
        BinaryPrimitives.ReadInt64LittleEndian(record[(2 * Sha256Digest.Bytes)..]));

    private ReadOnlySpan<byte> Record(int index) => _records.Span.Slice(index * RecordBytes, RecordBytes);

    private ReadOnlySpan<byte> NewRecords => _new.AsSpan(0, _newCount * RecordBytes);

    private ReadOnlySpan<byte> NewRecord(int index) => _new.AsSpan(index * RecordBytes, RecordBytes);

    private static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> record) => record[..Sha256Digest.Bytes];

    /// <summary>Old and new, in order; the old are left out where it would become too much.</summary>
    private ReadOnlySpan<byte> Merged()
    {
        var old = Count + _newCount > MostRecords ? Count : 0;
        var bytes = FreshPages.Array<byte>(Magic.Length + ((Count - old + _newCount) * RecordBytes) + Sha256Digest.Bytes);
        Magic.CopyTo(bytes.AsSpan());
        var length = Magic.Length;
        ReadOnlySpan<byte> last = [];
        foreach (var number in NewInOrder())
        {
            var record = NewRecord(number);
            if (IdOf(record).SequenceEqual(last))
            {
                continue;
            }

            last = IdOf(record);
            for (; old < Count && IdOf(Record(old)).SequenceCompareTo(last) < 0; old++)
            {
                Put(bytes, ref length, Record(old));
            }

            Put(bytes, ref length, record);
        }

        for (; old < Count; old++)
        {
            Put(bytes, ref length, Record(old));
        }

        Put(bytes, ref length, SHA256.HashData(bytes.AsSpan(0, length)));
        return bytes.AsSpan(0, length);
    }

    /// <summary>The numbers of the new ones in the order of their ids: sorted by how those begin, which is all that they differ in but for twins.</summary>
    private int[] NewInOrder()
    {
        var (begins, order) = (new ulong[_newCount], new int[_newCount]);
        for (var i = 0; i < _newCount; i++)
        {
            (begins[i], order[i]) = (BinaryPrimitives.ReadUInt64BigEndian(NewRecord(i)), i);
        }

        Array.Sort(begins, order);
        for (var i = 1; i < _newCount; i++)
        {
            for (var at = i; at > 0 && begins[at - 1] == begins[at] && IdOf(NewRecord(order[at - 1])).SequenceCompareTo(IdOf(NewRecord(order[at]))) > 0; at--)
            {
                (order[at - 1], order[at]) = (order[at], order[at - 1]);
            }
        }

        return order;
    }

    private static void Put(byte[] bytes, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(bytes.AsSpan(length));
        length += part.Length;
    }
}
