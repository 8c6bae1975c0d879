namespace IuCutter.Agent.Pushing;

/// <summary>What a manifest's offer found missing.</summary>
/// <param name="Missing">Runs of content numbers.</param>
/// <param name="ResumeOffset">How many bytes of the first missing content are there already.</param>
/// <param name="Bundle">What a bundle may build on; null when none is wanted.</param>
public sealed record OfferResult(IReadOnlyList<(int First, int Count)> Missing, long Contents, long Bytes, long ResumeOffset, BundleOffer? Bundle = null)
{
    public static OfferResult Nothing { get; } = new([], 0, 0, 0);
}
