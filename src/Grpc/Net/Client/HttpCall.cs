using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// One call as one HTTP/2 request. It ends once: either by the server's status or by this side (cancelled, deadline, failure), whichever
/// comes first; everything else that happens after it is its consequence.
/// </summary>
internal sealed class HttpCall<TRequest, TResponse>(
    GrpcChannel channel,
    Method<TRequest, TResponse> method,
    CallOptions options,
    RequestContent<TRequest> content) : IRequestOwner, IDisposable
    where TRequest : class
    where TResponse : class
{
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 64 * 1024, minimumReadSize: 4 * 1024, leaveOpen: true);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<CancellationTokenRegistration> _registrations = [];
    private Task<MessageReader?>? _opening;
    private HttpResponseMessage? _response;
    private ITimer? _deadlineTimer;
    private Status? _status;
    private Metadata _trailers = Metadata.Empty;

    // A single response is read to the call's end without being asked; a stream's reader reads when its owner wants.
    private bool _readsByItself;

    public CancellationToken Aborted => _abort.Token;

    public Task<Metadata> ResponseHeaders => _headers.Task;

    public void Start(string? host)
    {
        ObjectDisposedException.ThrowIf(channel.Closing.IsCancellationRequested, channel);
        var timeout = TimeLeft();
        var request = RequestHeaders.Build(channel.UriOf(method), host, options.Headers, timeout, content);
        Observe(_headers.Task);
        content.Attach(this, new RequestEncoding<TRequest>(
            method.RequestMarshaller,
            channel.MaxSendMessageSize,
            RequestHeaders.AskForGzip(options.Headers),
            options.WriteOptions,
            channel.TransportIsOurs));
        if (timeout <= TimeSpan.Zero)
        {
            Stop(new Status(StatusCode.DeadlineExceeded, "The deadline had passed before the call began"));
        }

        WatchForEnd(timeout);
        _opening = OpenAsync(request);
        Observe(_opening);
    }

    public Status GetStatus()
    {
        lock (_gate)
        {
            return _status ?? throw new InvalidOperationException("The call has not ended: it has no status yet");
        }
    }

    public Metadata GetTrailers()
    {
        lock (_gate)
        {
            return _status is null ? throw new InvalidOperationException("The call has not ended: it has no trailers yet") : _trailers;
        }
    }

    public void Dispose() => Stop(new Status(StatusCode.Cancelled, "The call was cancelled"));

    public Task<TResponse> ReadSingleResponse()
    {
        _readsByItself = true;
        var reading = ReadSingleResponseAsync();
        Observe(reading);
        return reading;
    }

    /// <summary>The next response; null is the end with status OK, every other end is thrown.</summary>
    public async Task<TResponse?> ReadAsync()
    {
        var reader = await _opening!;
        if (reader is null || _ended.Task.IsCompleted)
        {
            return EndOfResponses();
        }

        try
        {
            var (any, message) = await reader.ReadAsync(method.ResponseMarshaller, _abort.Token);
            if (any)
            {
                return message;
            }

            var (status, trailers) = ResponseStatus.OfTrailers(_response!);
            Finish(status, trailers);
        }
#pragma warning disable CA1031 // Whatever breaks the response ends the call, with a status.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Stop(TransportFailure.StatusOf(exception));
        }

        await reader.CloseAsync();
        return EndOfResponses();
    }

    public void WriteCancelled() => Stop(new Status(StatusCode.Cancelled, "A write was cancelled, and the call with it"));

    public async Task<Exception> WriteFailedAsync(Exception failure)
    {
        // What broke the write ends the response, too, and only there the server's reason is told.
        if (_readsByItself)
        {
            await _ended.Task;
        }

        if (!_ended.Task.IsCompleted)
        {
            return new RpcException(TransportFailure.StatusOf(failure));
        }

        return GetStatus().StatusCode == StatusCode.OK
            ? new InvalidOperationException("The server has ended the call: nothing more can be written")
            : Failure();
    }

    private static void Observe(Task task) =>
        _ = task.ContinueWith(
            static finished => _ = finished.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private async Task<TResponse> ReadSingleResponseAsync()
    {
        var response = await ReadAsync();
        if (response is null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The server said OK, but sent no response"));
        }

        if (await ReadAsync() is not null)
        {
            Stop(new Status(StatusCode.Internal, "The server sent more than the one response"));
            throw Failure();
        }

        return response;
    }

    private TimeSpan? TimeLeft()
    {
        if (options.Deadline is not { } deadline || deadline == DateTime.MaxValue)
        {
            return null;
        }

        if (deadline.Kind != DateTimeKind.Utc && deadline != DateTime.MinValue)
        {
            throw new InvalidOperationException("A deadline must be of DateTimeKind.Utc");
        }

        return deadline - TimeProvider.System.GetUtcNow().UtcDateTime;
    }

    private void WatchForEnd(TimeSpan? timeout)
    {
        StopWith(options.CancellationToken);
        StopWith(channel.Closing);
        if (timeout is { } time && time > TimeSpan.Zero && time <= CallTimeout.LongestTimer)
        {
            var timer = TimeProvider.System.CreateTimer(
                static call => ((HttpCall<TRequest, TResponse>)call!).DeadlinePassed(), this, time, Timeout.InfiniteTimeSpan);
            Keep(timer, registration: default);
        }
    }

    private void StopWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            Keep(timer: null, cancellationToken.UnsafeRegister(static call => ((IDisposable)call!).Dispose(), this));
        }
    }

    private void Keep(ITimer? timer, CancellationTokenRegistration registration)
    {
        lock (_gate)
        {
            if (_status is null)
            {
                _deadlineTimer ??= timer;
                _registrations.Add(registration);
                return;
            }
        }

        timer?.Dispose();
        registration.Unregister();
    }

    private void DeadlinePassed() => Stop(new Status(StatusCode.DeadlineExceeded, "The deadline has passed"));

    private async Task<MessageReader?> OpenAsync(HttpRequestMessage request)
    {
        try
        {
            _abort.Token.ThrowIfCancellationRequested();
            var response = await channel.Http.SendAsync(request, _abort.Token);
            if (!Adopt(response))
            {
                response.Dispose();
                throw Failure();
            }

            _headers.TrySetResult(ResponseStatus.Headers(response));
            if (ResponseStatus.OfHeaders(response) is var (status, trailers))
            {
                Finish(status, trailers);
                return null;
            }

            var body = await response.Content.ReadAsStreamAsync(_abort.Token);
            return new MessageReader(
                PipeReader.Create(body, ReaderOptions), channel.MaxReceiveMessageSize, ResponseStatus.IsGzip(response));
        }
#pragma warning disable CA1031 // Whatever keeps a call from being opened ends it, with a status.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Stop(TransportFailure.StatusOf(exception));
            throw Failure();
        }
    }

    private bool Adopt(HttpResponseMessage response)
    {
        lock (_gate)
        {
            _response = _status is null ? response : null;
            return _response is not null;
        }
    }

    // The server's end, by a status that it sent itself.
    private void Finish(Status status, Metadata trailers)
    {
        if (TryEnd(status, trailers))
        {
            content.EndQuietly();
            Abort();
            _response!.Dispose();
            _ended.TrySetResult();
        }
    }

    // This side's end. The order matters: the body must have failed before anything can end it normally.
    private void Stop(Status status)
    {
        if (!TryEnd(status, Metadata.Empty))
        {
            return;
        }

        content.Fail(new OperationCanceledException(status.Detail));
        Abort();

        // Once the headers are in, the token does nothing: disposing the response sends the reset.
        _response?.Dispose();
        _headers.TrySetException(Failure());
        _ended.TrySetResult();
    }

#pragma warning disable MA0045 // Called from timers and token callbacks, which cannot wait.
    private void Abort() => _abort.Cancel();
#pragma warning restore MA0045

    private bool TryEnd(Status status, Metadata trailers)
    {
        lock (_gate)
        {
            if (_status is not null)
            {
                return false;
            }

            (_status, _trailers) = (status, trailers);
        }

        _deadlineTimer?.Dispose();
        _registrations.ForEach(static registration => registration.Unregister());
        return true;
    }

    private TResponse? EndOfResponses() => GetStatus().StatusCode == StatusCode.OK ? null : throw Failure();

    private RpcException Failure() => new(GetStatus(), GetTrailers());
}
