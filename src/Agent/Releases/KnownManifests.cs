using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// The manifests that operations under way have read: each gate asks for them again, and to parse one of 50,000 files takes longer than to hash it. What lies
/// on the disk is what counts all the same: whoever takes one from here holds its digest against the file's first.
/// </summary>
public sealed class KnownManifests
{
    /// <summary>The live release's and the new one's, where they have up to 100,000 files each.</summary>
    private const long MostBytes = 40 << 20;

    private readonly Lock _lock = new();

    // Is held by whoever parses one: another who wants the same finds it known.
    private readonly Lock _turn = new();
    private readonly List<Manifest> _kept = [];
    private int _holders;

    /// <summary>From now until it is disposed, what is read is kept; afterwards nothing is.</summary>
    public IDisposable Hold()
    {
        lock (_lock)
        {
            _holders++;
        }

        return new Holder(this);
    }

    /// <summary>One that is known and still is what lies there, else one that is parsed. Where nobody holds them nobody waits for another's parsing either: it may be a spare's, which steps back.</summary>
    /// <param name="release">Whose.</param>
    /// <param name="digest">Gives the sha256 of what lies there.</param>
    /// <param name="parse">Parses what lies there.</param>
    public Manifest Read(ReleaseId release, Func<Sha256Digest> digest, Func<Manifest> parse)
    {
        if (Volatile.Read(ref _holders) == 0)
        {
            return parse();
        }

        lock (_turn)
        {
            if (Find(release) is { } known && digest() == known.Digest)
            {
                return known;
            }

            var manifest = parse();
            Add(manifest);
            return manifest;
        }
    }

    public Manifest? Find(ReleaseId release)
    {
        lock (_lock)
        {
            return _kept.Find(m => m.ReleaseId == release);
        }
    }

    /// <summary>The oldest ones give way.</summary>
    public void Add(Manifest manifest)
    {
        lock (_lock)
        {
            if (_holders == 0)
            {
                return;
            }

            _kept.RemoveAll(m => m.ReleaseId == manifest.ReleaseId);
            _kept.Add(manifest);
            while (_kept.Sum(m => (long)m.CanonicalBytes.Length) > MostBytes)
            {
                _kept.RemoveAt(0);
            }
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_holders == 0)
            {
                _kept.Clear();
            }
        }
    }

    private sealed class Holder(KnownManifests known) : IDisposable
    {
        private KnownManifests? _known = known;

        public void Dispose() => Interlocked.Exchange(ref _known, null)?.Release();
    }
}
