namespace IuCutter.Agent.Pushing;

/// <summary>What is said to a packager that is to send a bundle.</summary>
/// <param name="Commits">What the mirror holds of the slot's releases, newest first.</param>
/// <param name="Offset">How many bytes of the bundle that was begun last are there.</param>
public sealed record BundleOffer(IReadOnlyList<string> Commits, long Offset);
