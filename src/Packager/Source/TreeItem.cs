using System.Runtime.InteropServices;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>One line of a commit's tree: where, what, and which object holds the content.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TreeItem(TreePath Path, EntryKind Kind, GitObjectId Object);
