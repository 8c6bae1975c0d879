using System.Runtime.ExceptionServices;

namespace IuCutter.Agent.Releases;

/// <summary>Work on many files or directories at once, on all cores. The first failure ends it, and is thrown as it is.</summary>
internal static class AllCores
{
    /// <summary>Files that follow each other mostly lie in one directory, which whoever works on them then opens once.</summary>
    private const int MostFilesInARow = 32;

    private const long MostBytesInARow = 4 << 20;

    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void For(int count, Action<int> work, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, work);
        }
        catch (AggregateException e) when (e.InnerExceptions is [var first, ..])
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <param name="count">How many files, in the order of their paths.</param>
    /// <param name="bytesOf">A file's size: large ones are shared out one by one.</param>
    /// <param name="work">Is done for each.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void ForFiles(int count, Func<int, long> bytesOf, Action<int> work, CancellationToken cancellationToken)
    {
        List<int> rows = [];
        for (var (file, bytes, ends) = (0, 0L, 0); file < count; file++)
        {
            if (file == ends || bytes > MostBytesInARow)
            {
                rows.Add(file);
                (bytes, ends) = (0, file + MostFilesInARow);
            }

            bytes += bytesOf(file);
        }

        For(
            rows.Count,
            row =>
            {
                var end = row + 1 < rows.Count ? rows[row + 1] : count;
                for (var file = rows[row]; file < end && !cancellationToken.IsCancellationRequested; file++)
                {
                    work(file);
                }
            },
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
