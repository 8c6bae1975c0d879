using System.Collections.Concurrent;

namespace IuCutter.Tests.Wire.Probe;

/// <summary>What the probe's handlers saw, for tests to await: the server's side of the story.</summary>
public sealed class ProbeLog
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _entries = new(StringComparer.Ordinal);
    private int _instances;

    public int Instances => Volatile.Read(ref _instances);

    public void Set(string key, string value) => Entry(key).TrySetResult(value);

    public Task<string> SeenAsync(string key) => Entry(key).Task.WaitAsync(TimeSpan.FromSeconds(20));

    public bool HasSeen(string key) => Entry(key).Task.IsCompleted;

    public void CountInstance() => Interlocked.Increment(ref _instances);

    private TaskCompletionSource<string> Entry(string key) =>
        _entries.GetOrAdd(key, static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
}
