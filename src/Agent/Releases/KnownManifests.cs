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
    private readonly List<Manifest> _kept = [];
    private int _holders;

    /// <summary>Is held by whoever parses one: another who wants the same finds it known.</summary>
    public Lock Turn { get; } = new();

    /// <summary>From now until it is disposed, what is read is kept; afterwards nothing is.</summary>
    public IDisposable Hold()
    {
        lock (_lock)
        {
            _holders++;
        }

        return new Holder(this);
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
