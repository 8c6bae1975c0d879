namespace Grpc.Core;

/// <summary>What every generated client begins from.</summary>
public abstract class ClientBase
{
    private readonly ClientBaseConfiguration _configuration;

    // For test doubles of generated clients, which have nothing to call.
    protected ClientBase()
        : this(new ClientBaseConfiguration(callInvoker: null))
    {
    }

    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _configuration = configuration;
    }

    protected ClientBase(ChannelBase channel)
        : this(new ClientBaseConfiguration(channel.CreateCallInvoker()))
    {
    }

    protected ClientBase(CallInvoker callInvoker)
        : this(new ClientBaseConfiguration(callInvoker))
    {
    }

    protected CallInvoker CallInvoker =>
        _configuration.CallInvoker ?? throw new InvalidOperationException("This client was made without a channel or call invoker");

    /// <summary>How a client is made again on another invoker.</summary>
    protected internal sealed class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker? callInvoker) => CallInvoker = callInvoker;

        internal CallInvoker? CallInvoker { get; }
    }
}
