namespace Grpc.Core;

/// <summary>A client's messages to send.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no more will come. A call that ends without it is a cancelled one.</summary>
    public Task CompleteAsync();
}
