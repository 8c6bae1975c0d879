using System.Runtime.InteropServices;

namespace IuCutter.Packager.Source;

/// <summary>How far an artifact has come: entries done, and bytes of the archive written.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ArtifactProgress(int Files, long Bytes);
