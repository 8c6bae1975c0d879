using System.Buffers;
#if NET10_0_OR_GREATER
using Microsoft.AspNetCore.Connections;
#else
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
#endif
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace IuCutter.Agent.Endpoint;

/// <summary>
/// What Kestrel receives uploads into: 64 KiB blocks instead of 4 KiB ones, and windows wide enough that a sender is not kept waiting.
/// Measured: 1.25 to 1.8 times the throughput and at least a third less CPU.
/// </summary>
public static class ReceiveBuffers
{
    private const int StreamWindow = 4 * 1024 * 1024;
    private const int ConnectionWindow = 8 * 1024 * 1024;

    /// <summary>The limits that go with the blocks. What one connection can make the agent hold is its window, 8 MiB.</summary>
    public static void SetLimits(KestrelServerLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        limits.Http2.InitialStreamWindowSize = StreamWindow;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindow;

        // Who watches an operation may stop reading for as long as they like; who has vanished is found out by pings instead.
        limits.MinResponseDataRate = null;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    /// <summary>Makes the host's Kestrel receive into such blocks.</summary>
    public static IServiceCollection AddReceiveBuffers(this IServiceCollection services) =>
#if NET10_0_OR_GREATER
        services.AddSingleton<IMemoryPoolFactory<byte>, BlockPools>();
#else
        services.Configure<SocketTransportOptions>(options => SetPools(options, CreatePool));
#endif

    /// <summary>One pool, which keeps what it was given back for the next time.</summary>
    public static MemoryPool<byte> CreatePool() => new BlockPool();

#if NET10_0_OR_GREATER
    private sealed class BlockPools : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => CreatePool();
    }
#else
    /// <summary>Kestrel of .NET 9 has this setting and keeps it to itself; IMemoryPoolFactory came with .NET 10.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetPools(SocketTransportOptions options, Func<MemoryPool<byte>> factory);
#endif
}
