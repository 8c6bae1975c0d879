using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>How a call's requests become bytes.</summary>
internal sealed record RequestEncoding<TRequest>(Marshaller<TRequest> Marshaller, int? Limit, bool Gzip, WriteOptions? WriteOptions);
