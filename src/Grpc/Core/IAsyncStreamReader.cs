namespace Grpc.Core;

/// <summary>Messages as they arrive. One MoveNext at a time; false is the clean end, any other end is an exception.</summary>
public interface IAsyncStreamReader<out T>
{
    public T Current { get; }

    public Task<bool> MoveNext(CancellationToken cancellationToken);
}
