using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor's type and its constructor's arguments beyond what dependency injection gives.</summary>
public sealed class InterceptorRegistration
{
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    private readonly Type _type;
    private readonly object[] _arguments;

    internal InterceptorRegistration(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments) =>
        (_type, _arguments) = (type, arguments);

    public Type Type => _type;

    public IReadOnlyList<object> Arguments => _arguments;

    internal Activation<Interceptor> Activate(IServiceProvider services) =>
        _arguments.Length == 0 && services.GetService(_type) is Interceptor registered
            ? new Activation<Interceptor>(registered, IsOurs: false)
            : new Activation<Interceptor>((Interceptor)ActivatorUtilities.CreateInstance(services, _type, _arguments), IsOurs: true);
}
