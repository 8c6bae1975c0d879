using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IuCutter.Tests.Wire.Probe;

/// <summary>The probe on a real Kestrel: on loopback TCP, with TLS, and on a Unix socket.</summary>
public sealed class ProbeHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private ProbeHost(WebApplication app, string socketPath, X509Certificate2 certificate) =>
        (_app, SocketPath, _certificate) = (app, socketPath, certificate);

    public string SocketPath { get; }

    public ProbeLog Log => _app.Services.GetRequiredService<ProbeLog>();

    public string Address => Addresses.Single(address => address.StartsWith("http://127", StringComparison.Ordinal));

    public string TlsAddress => Addresses.Single(address => address.StartsWith("https://", StringComparison.Ordinal));

    public int Port => new Uri(Address).Port;

    private ICollection<string> Addresses =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    public static async Task<ProbeHost> StartAsync(
        Action<GrpcServiceOptions>? options = null,
        Action<KestrelServerOptions>? kestrel = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null)
    {
        var socketPath = Path.Combine(Path.GetTempPath(), $"probe-{Guid.NewGuid():N}.sock");
        var certificate = SelfSigned();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            server.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(certificate);
            });
            server.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel?.Invoke(server);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton<ProbeLog>();
        builder.Services.AddGrpc(grpc => options?.Invoke(grpc));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<ProbeService>();
        map?.Invoke(app);
        await app.StartAsync(CancellationToken.None);
        return new ProbeHost(app, socketPath, certificate);
    }

    public GrpcChannel Channel(Action<GrpcChannelOptions>? configure = null, Action<SocketsHttpHandler>? handler = null) =>
        Open(Address, configure, handler);

    public GrpcChannel TlsChannel() =>
        Open(TlsAddress, configure: null, handler => handler.SslOptions.RemoteCertificateValidationCallback =
            (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate.GetCertHashString());

    public GrpcChannel SocketChannel() => OpenSocket(SocketPath);

    public static GrpcChannel OpenSocket(string path) =>
        Open("http://localhost", configure: null, handler => handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        });

    public static GrpcChannel Open(string address, Action<GrpcChannelOptions>? configure = null, Action<SocketsHttpHandler>? handler = null)
    {
        var http = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        handler?.Invoke(http);
        var options = new GrpcChannelOptions { HttpHandler = http, DisposeHttpClient = true };
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(address, options);
    }

    public async ValueTask DisposeAsync()
    {
        // Calls that a test left open are no reason to wait.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
