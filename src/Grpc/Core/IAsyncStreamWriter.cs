namespace Grpc.Core;

/// <summary>Messages to send. One write at a time; it ends when the peer and the network have room for more.</summary>
public interface IAsyncStreamWriter<in T>
{
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message);

    /// <summary>Cancelling a write ends the call, since half a message may already be under way.</summary>
    public Task WriteAsync(T message, CancellationToken cancellationToken);
}
