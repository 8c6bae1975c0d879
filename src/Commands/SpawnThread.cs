using System.Collections.Concurrent;
using System.Diagnostics;

namespace IuCutter.Commands;

/// <summary>
/// Starts processes from one thread that never ends: the kernel's parent-death signal watches the thread that started a child, not
/// its process, and a thread of the pool may end at any time.
/// </summary>
internal static class SpawnThread
{
    private static readonly Lazy<BlockingCollection<Action>> Queue = new(Begin);

    public static Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Queue.Value.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info) ?? throw new InvalidOperationException("the process was not started"));
            }
#pragma warning disable CA1031 // It flies on at whoever awaits the start.
            catch (Exception e)
            {
                started.SetException(e);
            }
#pragma warning restore CA1031
        });
        return started.Task;
    }

    private static BlockingCollection<Action> Begin()
    {
        var queue = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var start in queue.GetConsumingEnumerable())
            {
                start();
            }
        })
        {
            IsBackground = true,
            Name = "spawn",
        };
        thread.Start();
        return queue;
    }
}
