using System.Collections.Immutable;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Manifests;

namespace IuCutter.Agent.Spares;

/// <summary>
/// The spares: beside each live release a copy of it, made while nobody waits, so that a push has to make only what differs. Why, and what a spare
/// is never believed in, is in docs/decisions/0017. Whoever makes, takes or drops one has the shelf for that time.
/// </summary>
/// <param name="runner">Through which all commands of payloads run: what was read before one has run is read again, for without a fence it could set the host's clock.</param>
public sealed class SpareShelf(DeployRoot root, PayloadRunner? runner, TimeProvider time)
{
    /// <summary>A push that differs in more makes its files anew: what is removed first slows down what is made next (ext4 passes over freshly freed inodes one by one).</summary>
    private const int MostRemoved = 1000;

    /// <summary>What was read so long ago is read again: a disk rots.</summary>
    private static readonly TimeSpan LongestRead = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();

    // Removing takes long, and only who needs the room waits for it.
    private readonly Lock _removing = new();
    private ImmutableDictionary<ReleaseId, Readings> _readings = ImmutableDictionary.Create<ReleaseId, Readings>();

    private int Runs => runner?.Runs ?? 0;

    /// <summary>Makes a spare the place in which a release is put together, and says which of its files were read in it.</summary>
    /// <param name="wanted">The release's manifest.</param>
    /// <param name="likeliest">Of which release it is looked for first; null where none is likelier than others.</param>
    /// <returns>Null where there is none, or none that is near to what is wanted.</returns>
    public (DirectoryHandle Folder, TreeMarks? Read)? Take(Manifest wanted, ReleaseId? likeliest)
    {
        lock (_lock)
        {
            foreach (var release in root.Releases().Where(root.HasAnySpare).OrderBy(r => r == likeliest ? 0 : 1))
            {
                if (ReleaseFolder.TryReadManifest(root, release) is { } manifest && NumbersIn(manifest, wanted) is { } numbers)
                {
                    var read = ReadingsOf(release)?.Spare?.As(numbers);
                    var folder = root.StageSpare(release, wanted.ReleaseId);
                    if (_readings.TryGetValue(release, out var readings))
                    {
                        _readings = _readings.SetItem(release, readings with { Spare = null });
                    }

                    return folder is null ? null : (folder, read);
                }
            }

            return null;
        }
    }

    /// <summary>Which files of a release were read when its spare was made.</summary>
    public TreeMarks? SeenOf(ReleaseId release) => ReadingsOf(release)?.Release;

    /// <summary>Removes the spares of releases that are not live any more.</summary>
    public void Keep(IReadOnlySet<ReleaseId> live)
    {
        lock (_removing)
        {
            List<string> aside;
            lock (_lock)
            {
                aside = [.. root.SpareNames().Where(n => !DeployRoot.IsSpareOf(n, live)).Select(root.SetSpareAside)];
                _readings = _readings.RemoveRange(_readings.Keys.Where(r => !live.Contains(r)));
            }

            aside.ForEach(root.DropSpare);
        }
    }

    public void DropAll() => Keep(new HashSet<ReleaseId>());

    /// <summary>
    /// Makes all that was written to the target's file system survive a power cut; where that fails, all spares are dropped. The file system tells of
    /// a lost write to those who flush then, and neither whose it was nor anybody who comes later (errseq_t in the kernel's documentation); in memory
    /// the file still is as it should be. So no spare may be what was hit.
    /// </summary>
    /// <exception cref="PosixException">The flush failed.</exception>
    public void FlushFileSystem()
    {
        try
        {
            root.Directory.FlushFileSystem();
        }
        catch (PosixException)
        {
            Distrust();
            throw;
        }
    }

    /// <summary>The room that would be there without the spares, which give way to what needs it.</summary>
    public (long Bytes, long Files) Room()
    {
        var (bytes, files) = root.Directory.Room();
        foreach (var release in root.Releases().Where(root.HasSpare))
        {
            if (ReleaseFolder.TryReadHead(root, release) is var (manifest, _))
            {
                bytes += manifest.ContentBytes;
                files += files == 0 ? 0 : manifest.Entries;
            }
        }

        return (bytes, files);
    }

    /// <summary>The room that is there, and whether it is enough or would be without the spares.</summary>
    /// <param name="suffices">Judges bytes and files.</param>
    /// <param name="mayRemove">Where the room is too little the spares are removed first, and not only counted.</param>
    public (bool IsEnough, long Bytes, long Files) FindRoom(Predicate<(long Bytes, long Files)> suffices, bool mayRemove)
    {
        var room = root.Directory.Room();
        var isEnough = suffices(room);
        if (!isEnough && !mayRemove)
        {
            isEnough = suffices(Room());
        }
        else if (!isEnough && root.SpareNames().Count > 0)
        {
            DropAll();
            room = root.Directory.Room();
            isEnough = suffices(room);
        }

        return (isEnough, room.Bytes, room.Files);
    }

    /// <summary>Makes a spare of a release, or makes the rest of one.</summary>
    /// <exception cref="OperationCanceledException">An operation wants the disk; what was made so far stays, and is of use.</exception>
    /// <exception cref="PosixException">It cannot be written.</exception>
    public void Make(ReleaseId of, Manifest manifest, CancellationToken cancellationToken)
    {
        var readings = new Readings(new TreeMarks(manifest.Entries.Count, time), new TreeMarks(manifest.Entries.Count, time), Runs, time.GetTimestamp());
        using var copy = Copy(of, manifest, readings.Release, cancellationToken);

        // So that the next push has less to flush, and less to read; one that begins meanwhile need not wait for it.
        var before = readings.Spare!.Now;
        FlushFileSystem();
        copy.ReadBack(readings.Spare!, before, cancellationToken);
        lock (_lock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            root.FinishSpare(of);
            _readings = _readings.SetItem(of, readings);
        }
    }

    private void Distrust()
    {
        try
        {
            DropAll();
        }
        catch (IOException)
        {
            // What matters more is the fault that is on its way to be told.
        }
    }

    private SpareCopy Copy(ReleaseId of, Manifest manifest, TreeMarks marks, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            using var release = root.OpenRelease(of);
            using var spare = root.OpenSpare(of);
            var copy = new SpareCopy(release, spare, manifest);
            try
            {
                copy.Run(marks, cancellationToken);
                return copy;
            }
            catch
            {
                copy.Dispose();
                throw;
            }
        }
    }

    private Readings? ReadingsOf(ReleaseId release) =>
        _readings.TryGetValue(release, out var readings) && readings.Runs == Runs && time.GetElapsedTime(readings.Begun) < LongestRead ? readings : null;

    /// <summary>For each entry that is wanted its number there, or -1; null where so little can stay that making all anew is less work.</summary>
    private static int[]? NumbersIn(Manifest there, Manifest wanted)
    {
        var numbers = new int[wanted.Entries.Count];
        Array.Fill(numbers, -1);
        var removed = 0;
        for (int i = 0, j = 0; i < there.Entries.Count && removed <= MostRemoved; i++)
        {
            if (j == wanted.Entries.Count || !there.HasSame(i, wanted, j))
            {
                var path = there.Entries[i].Path;
                while (j < wanted.Entries.Count && wanted.Entries[j].Path < path)
                {
                    j++;
                }
            }

            if (j < wanted.Entries.Count && there.HasSame(i, wanted, j))
            {
                numbers[j++] = i;
            }
            else
            {
                removed++;
            }
        }

        return removed <= MostRemoved ? numbers : null;
    }

    /// <param name="Release">Its files, as they were read to be copied.</param>
    /// <param name="Spare">The copies, as they were read back; null once the spare was taken.</param>
    /// <param name="Runs">How many commands of payloads had run.</param>
    /// <param name="Begun">When, as <see cref="TimeProvider.GetTimestamp"/> has it.</param>
    private sealed record Readings(TreeMarks Release, TreeMarks? Spare, int Runs, long Begun);
}
