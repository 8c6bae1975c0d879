using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>How a call's requests become bytes. TransportIsOurs: only the call itself and its server can end the request's body.</summary>
internal sealed record RequestEncoding<TRequest>(
    Marshaller<TRequest> Marshaller, int? Limit, bool Gzip, WriteOptions? WriteOptions, bool TransportIsOurs);
