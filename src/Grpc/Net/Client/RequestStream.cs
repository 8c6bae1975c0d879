using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The body of a call with many requests: open until the caller completes it, the call fails, or the server ends the call.</summary>
internal sealed class RequestStream<TRequest> : RequestContent<TRequest>, IClientStreamWriter<TRequest>
{
    private readonly TaskCompletionSource<Stream> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MessageFrame _frame = new();

    // Held by the write under way. The body waits for it before it ends.
    private readonly SemaphoreSlim _stream = new(1);
    private IRequestOwner? _owner;
    private RequestEncoding<TRequest>? _encoding;
    private int _writing;
    private bool _completed;

    public WriteOptions? WriteOptions { get; set; }

    public override void Attach(IRequestOwner owner, RequestEncoding<TRequest> encoding)
    {
        (_owner, _encoding) = (owner, encoding);
        WriteOptions = encoding.WriteOptions;
    }

    public override void Fail(Exception reason)
    {
        _end.TrySetException(reason);
        _open.TrySetException(reason);

        // Whoever waits for them gets it; if nobody does, it is no news.
        _ = _end.Task.Exception;
        _ = _open.Task.Exception;
    }

    public override void EndQuietly()
    {
        _end.TrySetResult();
        _open.TrySetException(new IOException("The server has ended the call"));
        _ = _open.Task.Exception;
    }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        var (owner, encoding) = (_owner!, _encoding!);
        Claim();
        try
        {
            if (_completed)
            {
                throw new InvalidOperationException("The request stream is complete: nothing more can be written");
            }

            if (_end.Task.IsCompleted)
            {
                throw await owner.WriteFailedAsync(new IOException("The request stream has ended"));
            }

            var flags = WriteOptions?.Flags ?? WriteFlags.None;
            var frame = _frame.Serialize(message, encoding.Marshaller, encoding.Limit, encoding.Gzip && !flags.HasFlag(WriteFlags.NoCompress));
            await SendAsync(owner, frame, flush: !flags.HasFlag(WriteFlags.BufferHint), cancellationToken);
        }
        finally
        {
            // Only here, when no write can touch the buffer any more.
            _frame.Release();
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        Claim();
        _completed = true;
        Volatile.Write(ref _writing, 0);
        _end.TrySetResult();
        return Task.CompletedTask;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers go out now: a server may answer before the first message.
        await stream.FlushAsync(cancellationToken);
        if (!_open.TrySetResult(stream) && !_end.Task.IsCompleted)
        {
            throw new IOException("The connection went, and a request stream cannot be sent a second time");
        }

        await using var abandoned = cancellationToken.UnsafeRegister(static body => ((RequestStream<TRequest>)body!).Abandon(), this);
        try
        {
            await _end.Task;
        }
        finally
        {
            // Data that followed the end or the reset would be a connection error, and cost every other call on it.
            await _stream.WaitAsync(CancellationToken.None);
            _stream.Release();
        }
    }

    // Nobody on this side ended the call, or the body would have failed already: the server ended it and takes no more. The normal end
    // half-closes the stream, as Kestrel expects: it counts streams left open and soon answers ENHANCE_YOUR_CALM. Behind a handler that
    // may cancel for reasons of its own that can't be known, and so it fails.
    private void Abandon()
    {
        if (_encoding!.TransportIsOurs)
        {
            _end.TrySetResult();
        }
        else
        {
            _end.TrySetException(new OperationCanceledException("The HTTP handler gave the request up"));
        }
    }

    private async Task SendAsync(IRequestOwner owner, ReadOnlyMemory<byte> frame, bool flush, CancellationToken cancellationToken)
    {
        // The token goes to the call, never to the stream: there it would end the body before the call can make it fail.
        await using var cancelled = cancellationToken.UnsafeRegister(static call => ((IRequestOwner)call!).WriteCancelled(), owner);
        try
        {
            await SendAsync(await _open.Task, frame, flush, owner.Aborted);
        }
#pragma warning disable CA1031 // The HTTP stack ends a body by many exceptions; which one, says less than the call's status.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw await owner.WriteFailedAsync(failure);
        }
    }

    private async Task SendAsync(Stream stream, ReadOnlyMemory<byte> frame, bool flush, CancellationToken aborted)
    {
        await _stream.WaitAsync(CancellationToken.None);
        try
        {
            if (_end.Task.IsCompleted)
            {
                throw new IOException("The request stream has ended");
            }

            await stream.WriteAsync(frame, aborted);
            if (flush)
            {
                await stream.FlushAsync(aborted);
            }
        }
        finally
        {
            _stream.Release();
        }
    }

    private void Claim()
    {
        if (Interlocked.Exchange(ref _writing, 1) != 0)
        {
            throw new InvalidOperationException("A write is still under way: await it before the next one");
        }
    }
}
