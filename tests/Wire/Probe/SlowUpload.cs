using System.Globalization;
using Grpc.Core;

namespace IuCutter.Tests.Wire.Probe;

/// <summary>A service written by hand, with marshallers of its own: messages are plain bytes, and it reads none before it is released.</summary>
[BindServiceMethod(typeof(SlowUpload), nameof(Bind))]
public sealed class SlowUpload(TaskCompletionSource release)
{
    public static Method<byte[], string> Method { get; } = new(
        MethodType.ClientStreaming, "by.Hand", nameof(Upload), Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.StringMarshaller);

    public static void Bind(ServiceBinderBase binder, SlowUpload? service) =>
        binder.AddMethod(Method, service is null ? null! : service.Upload);

    public async Task<string> Upload(IAsyncStreamReader<byte[]> requests, ServerCallContext context)
    {
        await release.Task.WaitAsync(context.CancellationToken);
        var bytes = 0L;
        while (await requests.MoveNext(context.CancellationToken))
        {
            bytes += requests.Current.Length;
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
