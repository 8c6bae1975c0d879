namespace IuCutter.Packager.Showing;

/// <summary>Columns as wide as their widest cell, two spaces apart.</summary>
internal static class Table
{
    public static IEnumerable<string> Lines(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var safe = rows.Select(row => row.Select(SafeText.Line).ToArray()).ToList();
        var widths = heads.Select((head, column) => safe.Select(row => row[column].Length).Append(head.Length).Max()).ToArray();
        return safe.Prepend([.. heads]).Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
