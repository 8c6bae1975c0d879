namespace IuCutter.Configuration;

/// <summary>Finds the known word that was probably meant: fewest letters left out, put in, changed or swapped with their neighbour.</summary>
public static class NearestWord
{
    /// <summary>Null when none is near enough to be a slip.</summary>
    public static string? Of(string got, IEnumerable<string> known)
    {
        if (got.Length > 40)
        {
            return null;
        }

        var lower = got.ToLowerInvariant().Replace('-', '_');
        string? nearest = null;
        var least = Math.Max(1, got.Length / 3) + 1;
        foreach (var word in known)
        {
            var distance = Distance(lower, word);
            if (distance < least)
            {
                (nearest, least) = (word, distance);
            }
        }

        return nearest;
    }

    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                rows[i, j] = (i, j) is (0, _) or (_, 0) ? i + j : Step(rows, left, right, i, j);
            }
        }

        return rows[left.Length, right.Length];
    }

    private static int Step(int[,] rows, string left, string right, int i, int j)
    {
        var changed = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
        var best = Math.Min(changed, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
        var isSwap = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
        return isSwap ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}
