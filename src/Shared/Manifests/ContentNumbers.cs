using System.Numerics;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>
/// Numbers contents in the order in which they first appear. A table of numbers alone: it asks the contents themselves, and so touches a sixth of the memory of a dictionary.
/// Open addressing; a manifest's digests are whatever its sender wrote, so what is looked at first is not theirs to choose.
/// </summary>
/// <param name="contents">Room for as many as there can be.</param>
internal struct ContentNumbers(ManifestContent[] contents)
{
    // One more than the number; 0 where there is none.
    private readonly int[] _table = Empty(contents.Length);

    public int Count { get; private set; }

    /// <returns>The number of a content with this digest, which then has the size that it appeared with first.</returns>
    public int NumberOf(Sha256Digest digest, long size)
    {
        for (var at = digest.GetHashCode() & (_table.Length - 1); ; at = (at + 1) & (_table.Length - 1))
        {
            ref var number = ref _table[at];
            if (number == 0)
            {
                contents[Count] = new ManifestContent(digest, size);
                number = ++Count;
                return number - 1;
            }

            if (contents[number - 1].Digest == digest)
            {
                return number - 1;
            }
        }
    }

    private static int[] Empty(int contents)
    {
        var table = FreshPages.Array<int>((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(contents, 1)) * 2);
        Array.Clear(table);
        return table;
    }
}
