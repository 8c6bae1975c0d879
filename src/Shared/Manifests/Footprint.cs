namespace IuCutter.Manifests;

/// <summary>
/// Keeps a process small where a large manifest has just been worked through. A step leaves tens of megabytes of lists and names behind;
/// left alone, the collector would let several steps' worth pile up before it looked, on a machine with memory to spare.
/// </summary>
public static class Footprint
{
    // Below this a push takes some 100 MB on either side without it (bench/memory.sh), and less time.
    private const int LargeManifest = 60_000;

    /// <summary>Gives back what the step before has left. Costs some ten milliseconds, and nothing for small manifests.</summary>
    /// <param name="entries">How many entries the manifest has.</param>
    public static void Settle(long entries)
    {
        if (entries >= LargeManifest)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
