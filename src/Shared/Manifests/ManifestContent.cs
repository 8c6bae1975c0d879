using System.Runtime.InteropServices;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>One distinct content of a manifest; several entries may share it. <paramref name="Size"/> is in bytes.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ManifestContent(Sha256Digest Digest, long Size);
