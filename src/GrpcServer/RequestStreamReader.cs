using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>A call's requests as its handler reads them. A client that goes away is an exception; false is only the end that it sent.</summary>
internal sealed class RequestStreamReader<TRequest>(MessageReader reader, Marshaller<TRequest> marshaller, ServerCallContext call)
    : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private TRequest? _current;
    private bool _ended;

    public TRequest Current => _current ?? throw new InvalidOperationException("No message was read");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        if (_ended)
        {
            return false;
        }

        if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
        {
            _current = await NextAsync(call.CancellationToken);
        }
        else
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
            _current = await NextAsync(either.Token);
        }

        return _current is not null;
    }

    /// <summary>The one request of a call that has just one.</summary>
    public async Task<TRequest> ReadSingleAsync()
    {
        var request = await NextAsync(call.CancellationToken)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The call ended without its request"));
        return await NextAsync(call.CancellationToken) is null
            ? request
            : throw new RpcException(new Status(StatusCode.Internal, "The call sent more than its one request"));
    }

    private async ValueTask<TRequest?> NextAsync(CancellationToken cancellationToken)
    {
        var (any, message) = await reader.ReadAsync(marshaller, cancellationToken);
        _ended = !any;
        return message;
    }
}
