using System.Runtime.InteropServices;

namespace IuCutter.Packager.Source;

/// <summary>A folder of a tree that was listed before: git's id of it, and the numbers of the items in it.</summary>
/// <param name="First">The first.</param>
/// <param name="End">The one behind the last.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KnownFolder(GitObjectId Id, int First, int End);
