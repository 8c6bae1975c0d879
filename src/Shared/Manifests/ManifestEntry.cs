using System.Runtime.InteropServices;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>
/// One file or link of a release. <paramref name="Size"/> is in bytes; of a link, <paramref name="Content"/> is the digest of its target's text
/// and <paramref name="Size"/> that text's length.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ManifestEntry(TreePath Path, EntryKind Kind, long Size, Sha256Digest Content);
