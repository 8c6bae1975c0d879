namespace Grpc.Core;

/// <summary>A method's address on the wire, without its message types.</summary>
public interface IMethod
{
    public MethodType Type { get; }

    /// <summary>The proto package and service, e.g. <c>grpc.health.v1.Health</c>.</summary>
    public string ServiceName { get; }

    public string Name { get; }

    /// <summary>The HTTP/2 path: <c>/service/method</c>.</summary>
    public string FullName { get; }
}
