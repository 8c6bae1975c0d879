using System.Runtime.CompilerServices;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Operations;

/// <summary>
/// What a running operation has recorded so far, for any number of watchers. A slow watcher holds nobody up: it reads on from
/// where it was, and of progress it sees only the newest.
/// </summary>
public sealed class EventFeed
{
    private readonly Lock _lock = new();
    private readonly List<ReadOnlyMemory<byte>> _lines = [];
    private TaskCompletionSource _changed = New();
    private Progress? _progress;
    private long _progressVersion;
    private bool _ended;

    public void Add(ReadOnlyMemory<byte> line) => Change(() => _lines.Add(line));

    public void Report(Progress progress) => Change(() =>
    {
        _progress = progress;
        _progressVersion++;
    });

    public void End() => Change(() => _ended = true);

    /// <summary>From the recorded event with this number on, until the operation's last. Progress has the number 0 and no line.</summary>
    public async IAsyncEnumerable<(ulong Number, ReadOnlyMemory<byte> Line, Progress? Progress)> ReadAsync(
        ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = (int)Math.Clamp(from, 1, int.MaxValue) - 1;
        var seenProgress = 0L;
        while (true)
        {
            var (lines, progress, changed, ended) = Look(next, ref seenProgress);
            foreach (var line in lines)
            {
                next++;
                yield return ((ulong)next, line, null);
            }

            if (ended)
            {
                yield break;
            }

            if (progress is not null)
            {
                yield return (0, default, progress);
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (List<ReadOnlyMemory<byte>> Lines, Progress? Progress, Task Changed, bool Ended) Look(int next, ref long seenProgress)
    {
        lock (_lock)
        {
            var progress = _progressVersion > seenProgress ? _progress : null;
            seenProgress = _progressVersion;
            return (next < _lines.Count ? _lines.GetRange(next, _lines.Count - next) : [], progress, _changed.Task, _ended);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }
}
