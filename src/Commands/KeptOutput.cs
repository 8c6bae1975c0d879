using IuCutter.Digests;

namespace IuCutter.Commands;

/// <summary>What a command printed, on both streams in the order of arrival, secrets masked.</summary>
/// <param name="Digest">The sha256 of what was kept.</param>
/// <param name="Bytes">All that was printed, kept or not.</param>
/// <param name="Tail">The end of it, escaped for display.</param>
public sealed record KeptOutput(string Path, Sha256Digest Digest, long Bytes, bool IsTruncated, string Tail);
