using Grpc.Core;
using IuCutter.Manifests;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>What the target says that it lacks of a release.</summary>
internal sealed record MissingContents
{
    private readonly List<ContentRange> _ranges;

    /// <param name="ranges">As the target gave them.</param>
    /// <param name="totals">What it gave last.</param>
    /// <param name="contents">The manifest's.</param>
    /// <exception cref="RpcException">DATA_LOSS: no target that has this manifest can lack that.</exception>
    public MissingContents(List<ContentRange> ranges, OfferTotals totals, IReadOnlyList<ManifestContent> contents)
    {
        (_ranges, Totals) = (ranges, totals);
        long next = 0;
        foreach (var range in ranges)
        {
            if (range.Count == 0 || range.First < next || (long)range.First + range.Count > contents.Count)
            {
                throw Damaged($"contents {range.First} and {range.Count} more are missing there, of {contents.Count}");
            }

            next = (long)range.First + range.Count;
        }

        if (ranges.Count > 0 && totals.ResumeOffset > (ulong)contents[(int)ranges[0].First].Size)
        {
            throw Damaged($"byte {totals.ResumeOffset} of a content is to come next, which has {contents[(int)ranges[0].First].Size}");
        }
    }

    public OfferTotals Totals { get; }

    public bool IsNothing => _ranges.Count == 0;

    /// <summary>Contents' numbers, in order.</summary>
    public IEnumerable<int> Numbers => _ranges.SelectMany(r => Enumerable.Range((int)r.First, (int)r.Count));

    private static RpcException Damaged(string what) => new(new Status(StatusCode.DataLoss, $"the target's answer cannot be: {what}"));
}
