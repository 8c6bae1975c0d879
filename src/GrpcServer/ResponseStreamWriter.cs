using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>A call's responses as its handler writes them. A write waits while the client does not read.</summary>
internal sealed class ResponseStreamWriter<TResponse>(HttpServerCallContext call, PipeWriter output, Marshaller<TResponse> marshaller, int? limit)
    : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private readonly MessageFrame _frame = new();
    private int _writing;
    private bool _ended;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writing, 1) != 0)
        {
            throw new InvalidOperationException("A write is still under way: await it before the next one");
        }

        try
        {
            ThrowIfOver();
            if (!cancellationToken.CanBeCanceled)
            {
                await WriteFrameAsync(message, call.CancellationToken);
                return;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
            await WriteFrameAsync(message, either.Token);
        }
        finally
        {
            _frame.Release();
            Volatile.Write(ref _writing, 0);
        }
    }

    /// <summary>A message that the call's end follows at once, and with which it leaves.</summary>
    public void WriteLast(TResponse message)
    {
        ThrowIfOver();
        output.Write(Begin(message, WriteOptions?.Flags ?? WriteFlags.None).Span);
        _frame.Release();
    }

    /// <summary>The handler has returned: what it left running can't write into an ended call.</summary>
    public void End() => _ended = true;

    private ReadOnlyMemory<byte> Begin(TResponse message, WriteFlags flags)
    {
        var frame = _frame.Serialize(message, marshaller, limit, call.CompressesResponses && !flags.HasFlag(WriteFlags.NoCompress));
        call.BeginWriting();
        return frame;
    }

    private async Task WriteFrameAsync(TResponse message, CancellationToken cancellationToken)
    {
        var flags = WriteOptions?.Flags ?? WriteFlags.None;
        var frame = Begin(message, flags);
        if (flags.HasFlag(WriteFlags.BufferHint))
        {
            output.Write(frame.Span);
            return;
        }

        var flushed = await output.WriteAsync(frame, cancellationToken);
        if (flushed.IsCanceled || flushed.IsCompleted)
        {
            throw new OperationCanceledException("The client no longer takes messages");
        }
    }

    private void ThrowIfOver()
    {
        call.CancellationToken.ThrowIfCancellationRequested();
        if (_ended)
        {
            throw new InvalidOperationException("The handler has returned: nothing more can be written");
        }
    }
}
