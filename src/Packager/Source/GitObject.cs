namespace IuCutter.Packager.Source;

/// <summary>A git object as <c>git cat-file --batch</c> gives it.</summary>
/// <param name="Id">Its full id, whatever it was asked for as.</param>
/// <param name="Type">"commit", "tree", "blob" or "tag".</param>
/// <param name="Content">Its bytes, without git's own head.</param>
internal sealed record GitObject(GitObjectId Id, string Type, byte[] Content);
