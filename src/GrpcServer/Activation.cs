namespace Grpc.AspNetCore.Server;

/// <summary>An instance for one call. One that dependency injection owns is not ours to dispose.</summary>
internal readonly record struct Activation<T>(T Instance, bool IsOurs) : IAsyncDisposable
    where T : class
{
    public ValueTask DisposeAsync()
    {
        if (!IsOurs)
        {
            return ValueTask.CompletedTask;
        }

        if (Instance is IAsyncDisposable asynchronous)
        {
            return asynchronous.DisposeAsync();
        }

#pragma warning disable MA0045 // It has no other way to be disposed.
        (Instance as IDisposable)?.Dispose();
#pragma warning restore MA0045
        return ValueTask.CompletedTask;
    }
}
