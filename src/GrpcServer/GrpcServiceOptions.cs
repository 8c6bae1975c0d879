namespace Grpc.AspNetCore.Server;

/// <summary>How the services of a host take calls.</summary>
public sealed class GrpcServiceOptions
{
    /// <summary>Bytes a message; null is no limit. A longer one is refused as RESOURCE_EXHAUSTED.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bytes a message; null is no limit. A longer one is refused as RESOURCE_EXHAUSTED.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether a caller is told the message of an exception that a handler did not mean to throw.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>What stands before every handler, outermost first.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}
