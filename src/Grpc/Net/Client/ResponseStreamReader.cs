using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>A call's many responses. It ends with false only if the server said OK.</summary>
internal sealed class ResponseStreamReader<TRequest, TResponse>(HttpCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;

    public TResponse Current => _current ?? throw new InvalidOperationException("No message was read");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        await using var cancelled = cancellationToken.UnsafeRegister(static state => ((IDisposable)state!).Dispose(), call);
        _current = await call.ReadAsync();
        return _current is not null;
    }
}
