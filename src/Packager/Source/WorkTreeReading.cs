using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>Reads a commit's files and links from the work tree as far as they are the commit's, on all cores; hands them over in order.</summary>
internal sealed class WorkTreeReading(string root, TreeItemList items)
{
    private const int BatchItems = 32;

    // Enough that no core waits while what was read is being kept.
    private static readonly int Ahead = Math.Min(4 * Environment.ProcessorCount, 16);

    // After so many files without one that is equal, this work tree is another commit's.
    private const int MostInVain = 512;

    private readonly byte[] _root = Encoding.UTF8.GetBytes(root.TrimEnd('/') + "/");

    /// <param name="wanted">Numbers of items.</param>
    /// <param name="take">Is told of each file that is equal to its object, one after the other. The content is gone when it returns.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task ReadAsync(List<int> wanted, Action<WorkTreeBatch, ProvenContent> take, CancellationToken cancellation)
    {
        var files = wanted.ToArray();
        var under = new Queue<(WorkTreeBatch Batch, Task Reading)>();
        var free = new Stack<WorkTreeBatch>();
        var (next, proven) = (0, 0);
        while (next < files.Length || under.Count > 0)
        {
            while (next < files.Length && under.Count < Ahead && (proven > 0 || next < MostInVain))
            {
                var batch = free.TryPop(out var used) ? used : new WorkTreeBatch(_root);
                var numbers = files.AsMemory(next, Math.Min(BatchItems, files.Length - next));
                under.Enqueue((batch, Task.Run(() => batch.Read(items, numbers.Span), cancellation)));
                next += numbers.Length;
            }

            if (!under.TryDequeue(out var first))
            {
                return;
            }

            await first.Reading;
            foreach (var content in first.Batch.Proven)
            {
                take(first.Batch, content);
            }

            proven += first.Batch.Proven.Count;
            free.Push(first.Batch);
        }
    }
}
