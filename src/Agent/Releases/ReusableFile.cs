using System.Runtime.InteropServices;
using IuCutter.Agent.Posix;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>A file or link of a release on the target, by whose manifest it has a content that is wanted.</summary>
/// <param name="Tree">That release's files.</param>
/// <param name="Entry">Its number in that release's manifest.</param>
/// <param name="IsReadOnly">True: nobody may write to that release, so the file itself can be shared.</param>
/// <param name="Marks">Are told of a file that was read and is right.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReusableFile(TreeFiles Tree, TreePath Path, int Entry, bool IsReadOnly, TreeMarks Marks);
