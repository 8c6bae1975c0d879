using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// One header as it was read: <paramref name="Raw"/> are all its blocks, pax extension included. <paramref name="Kind"/> is null for a folder.
/// <paramref name="Size"/> of a link is 0; its target is <paramref name="Link"/>.
/// </summary>
internal sealed record TarEntry(TreePath Path, EntryKind? Kind, long Size, byte[] Link, long TimeUnix, byte[] Raw);
