using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>Reads a tree object's own bytes: for each entry its mode, a space, its name, NUL, and an id (gitformat-pack(5); git's object model).</summary>
internal static class RawTree
{
    /// <param name="tree">The object's bytes.</param>
    /// <param name="name">An entry's name, in this tree and not below it.</param>
    /// <param name="idLength">Bytes of an id: 20, or 32 where ids are sha256.</param>
    /// <returns>True where an entry has the name, and where the bytes are no tree.</returns>
    public static bool Holds(ReadOnlySpan<byte> tree, string name, int idLength)
    {
        var looked = Encoding.UTF8.GetBytes(name);
        while (!tree.IsEmpty)
        {
            var space = tree.IndexOf((byte)' ');
            var end = tree.IndexOf((byte)0);
            if (space < 0 || end < space || tree.Length - end - 1 < idLength || tree[(space + 1)..end].SequenceEqual(looked))
            {
                return true;
            }

            tree = tree[(end + 1 + idLength)..];
        }

        return false;
    }
}
