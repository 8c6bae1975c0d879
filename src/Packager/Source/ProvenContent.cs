using System.Runtime.InteropServices;
using IuCutter.Digests;

namespace IuCutter.Packager.Source;

/// <summary>A work tree file's content that is its object's.</summary>
/// <param name="Item">The item's number in its list.</param>
/// <param name="At">Where in its batch it begins.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Digest">Its sha256.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProvenContent(int Item, int At, int Length, Sha256Digest Digest);
