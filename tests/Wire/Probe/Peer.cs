using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using IuCutter.Tests.Wire.Protos;

namespace IuCutter.Tests.Wire.Probe;

/// <summary>A gRPC program of other makers, as a child process: C-core by Python, grpc-js by Node.</summary>
public sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly string Directory =
        typeof(Peer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "PeersDirectory").Value!;

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Peer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public static TheoryData<string, string> WaysToEach => new()
    {
        { "python", "tcp" }, { "python", "unix" }, { "node", "tcp" }, { "node", "unix" },
    };

    /// <summary>Lets the peer call a server of ours; its answer is one line a case, and "done" at the end.</summary>
    public static async Task<string> CallAsync(string make, string target)
    {
        await using var peer = Start(make, "client", target);
        var output = await peer._process.StandardOutput.ReadToEndAsync(CancellationToken.None).WaitAsync(Patience);
        await peer._process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
        return output.EndsWith("done\n", StringComparison.Ordinal) ? output : $"{output}\n{await peer._errors}";
    }

    /// <summary>Lets the peer serve, on a TCP port that it chooses and on a Unix socket.</summary>
    public static async Task<(Peer Peer, int Port)> ServeAsync(string make, string socketPath)
    {
        var peer = Start(make, "server", socketPath);
        var line = await peer._process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(Patience);
        return int.TryParse(line, CultureInfo.InvariantCulture, out var port)
            ? (peer, port)
            : throw new InvalidOperationException($"The {make} server did not start: {line}\n{await peer._errors}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static Peer Start(string make, string role, string address)
    {
        var start = new ProcessStartInfo(make == "python" ? "/usr/bin/python3" : "node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(Directory, make),
        };
        Require(make);
        start.ArgumentList.Add(make == "python" ? $"{role}.py" : $"{role}.js");
        start.ArgumentList.Add(address);
        start.ArgumentList.Add(make == "python" ? WriteDescriptors() : Path.Combine(Directory, "..", "protos"));

        // Both would ask a proxy for the way to loopback.
        foreach (var name in (string[])["http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY", "HTTPS_PROXY"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return new Peer(Process.Start(start)!);
    }

    private static void Require(string make)
    {
        if (make == "node")
        {
            Assert.True(
                System.IO.Directory.Exists(Path.Combine(Directory, "node", "node_modules", "@grpc")),
                "The Node peer is not installed: run `npm ci --prefix tests/Wire/peers/node`");
        }
        else
        {
            Assert.True(
                System.IO.Directory.Exists("/usr/lib/python3/dist-packages/grpc"),
                "The Python peer is not installed: run `apt-get install python3-grpcio python3-protobuf`");
        }
    }

    private static string WriteDescriptors()
    {
        var set = new FileDescriptorSet();
        foreach (var file in (FileDescriptor[])
            [
                ProbeReflection.Descriptor,
                HealthReflection.Descriptor,
                Grpc.Reflection.V1.ReflectionReflection.Descriptor,
                Grpc.Reflection.V1Alpha.ReflectionReflection.Descriptor,
            ])
        {
            set.File.Add(file.ToProto());
        }

        var path = Path.Combine(Path.GetTempPath(), $"probe-{Guid.NewGuid():N}.desc");
        File.WriteAllBytes(path, set.ToByteArray());
        return path;
    }
}
