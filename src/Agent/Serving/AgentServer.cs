using System.Net;
using Grpc.Health.V1;
using IuCutter.Agent.Approvals;
using IuCutter.Agent.Closing;
using IuCutter.Agent.Endpoint;
using IuCutter.Agent.Ledger;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Agent.Spares;
using IuCutter.Commands;
using IuCutter.Ledgers;
using IuCutter.Policies;
using IuCutter.Protos.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IuCutter.Agent.Serving;

/// <summary>The agent as a running server: opens what it works on, settles what was left over, listens, and ends in that order's reverse.</summary>
internal static class AgentServer
{
    private const int MostMessageBytes = 8 << 20;

    /// <summary>Behind standard input, output and errors.</summary>
    private const int FirstOfOthers = 3;

    /// <param name="ready">Called once connections are taken.</param>
    public static async Task RunAsync(AgentOptions options, Action ready, CancellationToken cancellationToken)
    {
        // Files of releases are made with exactly the modes that the manifest says.
        _ = Libc.SetCreationMask(0x12);
        if (!Libc.KeepDescriptorsFromChildren(FirstOfOthers))
        {
            throw new RefusalException(RefusalCode.TargetFault, "the kernel cannot keep open files from a payload's commands", "run the agent on Linux 5.11 or later");
        }

        var policy = PolicyOf(options);
        var leastTier = policy.Sandbox > options.LeastTier ? policy.Sandbox.Value : options.LeastTier;
        _ = options.People is { } signers ? OperatorFile.Read(signers, "list of people", "--people") : [];
        SafePath.MustBe(options.DeployRoot, "deploy root", "--root");
        SafePath.MustBe(options.StateDirectory, "state directory", "--state");
        using var state = StateDirectory.Open(options.StateDirectory);
        using var root = DeployRoot.Open(options.DeployRoot);
        using var ledger = LedgerFile.Open(state.Ledger, TimeProvider.System);
        using var key = LedgerKey.OpenOrCreate(state.Keys);
        var socket = ListeningSocket.Prepare(options.Socket);
        var searchPath = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        var sandbox = await Sandbox.ProbeAsync(searchPath, HiddenFrom(options), WhyNoNetwork(options, policy), cancellationToken);
        var payload = new PayloadRunner(sandbox, leastTier, policy.MostMemory, state, TimeProvider.System);
        var host = new TargetHost(root, ledger, key, payload, state, TimeProvider.System)
        {
            Policy = policy,
            Approvers = ApproversOf(options, searchPath, state),
            Record = options.Record is { } repository ? DeployRecord.Open(repository, searchPath, Console.Error.WriteLine) : null,
        };
        await using var app = Build(options, socket, host);
        app.Services.GetRequiredService<Recovery>().Run();
        ledger.Append("", new LedgerEvent.AgentStarted(AgentVersion.Text, Environment.MachineName, Environment.ProcessId, root.Path), durable: true);
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<OperationBoard>().Stop);
        await app.StartAsync(cancellationToken);
        File.SetUnixFileMode(socket, ListeningSocket.Mode(options.Users.Count > 0));
        ready();
        _ = Task.Run(WarmUp.Run, cancellationToken);
        var keeper = new SpareKeeper(host, app.Services.GetRequiredService<Quiet>(), options.SpareAfter, app.Services.GetRequiredService<ILogger<SpareKeeper>>());
        var spares = keeper.RunAsync(app.Lifetime.ApplicationStopping);
        await app.WaitForShutdownAsync(cancellationToken);
        File.Delete(socket);
        await spares;
    }

    /// <summary>
    /// What a payload must not reach: the agent's keys and socket, the keys of whoever runs the agent, and other releases. A test that ran in another
    /// release than its own would prove nothing of its own.
    /// </summary>
    private static List<string> HiddenFrom(AgentOptions options)
    {
        var home = Environment.GetEnvironmentVariable("HOME") ?? "/root";
        string[] keys = [".ssh", ".gnupg", ".aws", ".docker", ".kube", ".config"];
        return [options.StateDirectory, Path.GetDirectoryName(options.Socket)!, Path.Combine(options.DeployRoot, DeployRoot.OwnDirectory), .. keys.Select(k => Path.Combine(home, k))];
    }

    /// <summary>Whoever reaches the agent over TCP may give it orders: a command of a payload must not be one of them.</summary>
    private static string? WhyNoNetwork(AgentOptions options, AgentPolicy policy) =>
        policy.ForbidsNetwork ? "the agent's policy says `network: forbidden`"
        : options.Port is null ? null
        : "the agent takes orders on TCP, where a command with a network could give them; start it without --port";

    private static AgentPolicy PolicyOf(AgentOptions options)
    {
        var policy = options.Policy is { } file ? AgentPolicyFile.Read(OperatorFile.Read(file, "policy", "--policy"), file) : AgentPolicy.None;
        return policy.RequiresApproval && options.Approvers is null
            ? throw new RefusalException(RefusalCode.TargetFault, "the policy requires approvals, and nobody is named who may give them", "name the file of those who may with --approvers")
            : policy;
    }

    private static Approvers? ApproversOf(AgentOptions options, string searchPath, StateDirectory state)
    {
        var approvers = options.Approvers is { } file ? new Approvers(file, searchPath, state.Scratch) : null;
        approvers?.CheckFile();
        return approvers;
    }

    private static WebApplication Build(AgentOptions options, string socket, TargetHost host)
    {
        // The other builders read appsettings.json of the working directory and ASPNETCORE_ variables, which could open a port, and watch all that lies beneath that directory.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "iucutter-agent", ContentRootPath = options.StateDirectory });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.AddSimpleConsole(c =>
        {
            c.SingleLine = true;
            c.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
            c.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("IuCutter", LogLevel.Information);
        builder.Services.AddSingleton(host).AddSingleton(host.Ledger).AddSingleton(host.Time);
        builder.Services.AddSingleton<Recovery>().AddSingleton<Quiet>().AddSingleton<Readiness>().AddSingleton<UploadLanes>().AddReceiveBuffers();
        builder.Services.AddSingleton(new ServedServices(
            ReleaseAgent.Descriptor, Health.Descriptor, Grpc.Reflection.V1.ServerReflection.Descriptor, Grpc.Reflection.V1Alpha.ServerReflection.Descriptor));
        builder.Services.AddSingleton(s => new OperationBoard(
            host.Ledger, host.Time, s.GetRequiredService<Recovery>().Settle, s.GetRequiredService<Quiet>(), s.GetRequiredService<ILogger<OperationBoard>>()));
        builder.Services.AddSingleton(new GapClosing(host, options.People));
        builder.Services.AddSingleton(s => new PeerPolicy(options.Users, s.GetRequiredService<ILogger<PeerPolicy>>()));
        builder.Services.AddGrpc(g => (g.MaxReceiveMessageSize, g.MaxSendMessageSize) = (MostMessageBytes, MostMessageBytes));
        builder.Services.Configure<HostOptions>(h => h.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, socket));
        var app = builder.Build();
        app.MapGrpcService<ReleaseAgentService>();
        app.MapGrpcService<HealthService>();
        app.MapGrpcService<ReflectionService>();
        app.MapGrpcService<ReflectionServiceV1Alpha>();
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, AgentOptions options, string socket)
    {
        ReceiveBuffers.SetLimits(kestrel.Limits);
        var peers = kestrel.ApplicationServices.GetRequiredService<PeerPolicy>();
        kestrel.ListenUnixSocket(socket, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection => peers.CheckAsync(connection, () => next(connection)));
        });
        if (options.Port is { } port)
        {
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        }
    }
}
