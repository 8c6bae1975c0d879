using Grpc.Core;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>The service's methods as they are generated, but for how an upload's parts are read.</summary>
public static class ReleaseAgentBinding
{
    /// <summary>What <see cref="BindServiceMethodAttribute"/> names.</summary>
    public static void BindService(ServiceBinderBase binder, ReleaseAgentService? service) => ReleaseAgent.BindService(new Binder(binder), service);

    private sealed class Binder(ServiceBinderBase into) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            into.AddMethod(method, handler);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
            into.AddMethod(
                method.RequestMarshaller is Marshaller<UploadPart> parts && (object)UploadMarshaller.Instead(parts) is Marshaller<TRequest> ours
                    ? new Method<TRequest, TResponse>(method.Type, method.ServiceName, method.Name, ours, method.ResponseMarshaller)
                    : method,
                handler);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            into.AddMethod(method, handler);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            into.AddMethod(method, handler);
    }
}
