using IuCutter.Agent.Payload;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Manifests;

namespace IuCutter.Agent.Spares;

/// <summary>
/// The spares: beside each live release a copy of it, made while nobody waits, so that a push has to make only what differs. Why, and what a spare
/// is never believed in, is in docs/decisions/0017. Whoever makes, takes or drops one has the shelf for that time.
/// </summary>
/// <param name="runner">Through which all commands of payloads run.</param>
public sealed class SpareShelf(DeployRoot root, PayloadRunner? runner, TimeProvider time)
{
    /// <summary>A push that differs in more makes its files anew: what is removed first slows down what is made next (ext4 passes over freshly freed inodes one by one).</summary>
    private const int MostRemoved = 1000;

    private readonly Lock _lock = new();

    // Removing takes long, and only who needs the room waits for it.
    private readonly Lock _removing = new();
    private Readings? _readings;

    private int Runs => runner?.Runs ?? 0;

    /// <summary>Makes a spare the place in which a release is put together.</summary>
    /// <param name="wanted">The release's manifest.</param>
    /// <param name="likeliest">Of which release it is looked for first; null where none is likelier than others.</param>
    /// <returns>Null where there is none, or none that is near to what is wanted.</returns>
    public DirectoryHandle? Take(Manifest wanted, ReleaseId? likeliest)
    {
        lock (_lock)
        {
            foreach (var release in root.Releases().Where(root.HasAnySpare).OrderBy(r => r == likeliest ? 0 : 1))
            {
                if (ReleaseFolder.TryReadManifest(root, release) is { } manifest && IsNear(manifest, wanted))
                {
                    return root.StageSpare(release, wanted.ReleaseId);
                }
            }

            return null;
        }
    }

    /// <summary>Which files of a release were read when its spare was made. They count until a command of a payload has run, which without a fence could set the host's clock.</summary>
    public TreeMarks? SeenOf(ReleaseId release) =>
        _readings is { } r && r.Release == release && r.Runs == Runs ? r.Marks : null;

    /// <summary>Removes the spares of releases that are not live any more.</summary>
    public void Keep(IReadOnlySet<ReleaseId> live)
    {
        lock (_removing)
        {
            List<string> aside;
            lock (_lock)
            {
                aside = [.. root.SpareNames().Where(n => !DeployRoot.IsSpareOf(n, live)).Select(root.SetSpareAside)];
            }

            aside.ForEach(root.DropSpare);
        }
    }

    public void DropAll() => Keep(new HashSet<ReleaseId>());

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
        var marks = new TreeMarks(manifest.Entries.Count, time);
        var runs = Runs;
        lock (_lock)
        {
            using var release = root.OpenRelease(of);
            using var spare = root.OpenSpare(of);
            using var copy = new SpareCopy(release, spare, manifest, marks);
            copy.Run(cancellationToken);
        }

        // So that the next push has less to flush; one that begins meanwhile need not wait for it.
        root.Directory.FlushFileSystem();
        lock (_lock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            root.FinishSpare(of);
            _readings = new Readings(of, marks, runs);
        }
    }

    /// <summary>Whether so much of it can stay that taking it is less work than making all anew.</summary>
    private static bool IsNear(Manifest there, Manifest wanted)
    {
        var removed = 0;
        for (int i = 0, j = 0; i < there.Entries.Count && removed <= MostRemoved; i++)
        {
            if (j < wanted.Entries.Count && there.HasSame(i, wanted, j))
            {
                j++;
                continue;
            }

            var path = there.Entries[i].Path;
            while (j < wanted.Entries.Count && wanted.Entries[j].Path < path)
            {
                j++;
            }

            removed += j < wanted.Entries.Count && there.HasSame(i, wanted, j) ? 0 : 1;
        }

        return removed <= MostRemoved;
    }

    private sealed record Readings(ReleaseId Release, TreeMarks Marks, int Runs);
}
