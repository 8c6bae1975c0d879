using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>One call as the handler sees it: one HTTP/2 request, its deadline, and the status that it ends with.</summary>
internal sealed class HttpServerCallContext : ServerCallContext, IDisposable
{
    private readonly HttpContext _http;
    private readonly DateTime _deadline = DateTime.MaxValue;
    private readonly CancellationTokenSource? _abort;
    private readonly ITimer? _deadlineTimer;
    private Metadata? _requestHeaders;
    private Metadata? _trailers;
    private bool _deadlinePassed;

    // A response that has no message yet may still end by its headers alone. HasStarted can't be asked: it says when they are sent.
    private bool _somethingWritten;

    public HttpServerCallContext(HttpContext http, string method)
    {
        _http = http;
        MethodCore = method;
        if (CallTimeout.TryParse(http.Request.Headers[ProtocolHeaders.Timeout].ToString(), out var timeout))
        {
            _abort = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            (_deadline, _deadlineTimer) = Until(timeout);
        }
    }

    public HttpContext Http => _http;

    public bool CompressesResponses { get; private set; }

    protected override string MethodCore { get; }

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => _http.Connection.RemoteIpAddress switch
    {
        null => "unix:",
        { IsIPv4MappedToIPv6: true } address => $"ipv4:{address.MapToIPv4()}:{_http.Connection.RemotePort}",
        { AddressFamily: AddressFamily.InterNetwork } address => $"ipv4:{address}:{_http.Connection.RemotePort}",
        var address => $"ipv6:[{address}]:{_http.Connection.RemotePort}",
    };

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override CancellationToken CancellationTokenCore => _abort?.Token ?? _http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>Before the first byte of a response: from here on the status goes into the trailers.</summary>
    public void BeginWriting() => _somethingWritten = true;

    /// <summary>The call's status, where this side ended it before its handler did; null where the handler's word counts.</summary>
    public Status? Overruled()
    {
        if (Volatile.Read(ref _deadlinePassed))
        {
            return new Status(StatusCode.DeadlineExceeded, "The deadline has passed");
        }

        return _http.RequestAborted.IsCancellationRequested ? new Status(StatusCode.Cancelled, "The client has gone") : null;
    }

    /// <summary>Sends the status: in the trailers, or in the headers when there is nothing else.</summary>
    public void End(Status status, Metadata? furtherTrailers)
    {
        _deadlineTimer?.Dispose();
        if (_http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var target = _somethingWritten
            ? _http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : _http.Response.Headers;
        target[ProtocolHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            target[ProtocolHeaders.Message] = PercentEncoding.Encode(status.Detail);
        }

        Append(target, _trailers);
        Append(target, furtherTrailers);
    }

    public void Dispose()
    {
        _deadlineTimer?.Dispose();
        _abort?.Dispose();
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (_somethingWritten)
        {
            throw new InvalidOperationException("The response headers have been sent already");
        }

        CompressesResponses = responseHeaders.GetValue(ProtocolHeaders.CompressionWish) is ProtocolHeaders.Gzip && ClientTakesGzip();
        if (CompressesResponses)
        {
            _http.Response.Headers[ProtocolHeaders.Encoding] = ProtocolHeaders.Gzip;
        }

        Append(_http.Response.Headers, responseHeaders);
        BeginWriting();
        return _http.Response.BodyWriter.FlushAsync(CancellationTokenCore).AsTask();
    }

    private static void Append(IHeaderDictionary target, Metadata? metadata)
    {
        foreach (var entry in metadata ?? Metadata.Empty)
        {
            if (!entry.HasKey(ProtocolHeaders.CompressionWish))
            {
                target.Append(entry.Key, entry.IsBinary ? BinaryHeader.Encode(entry.ValueBytes) : entry.Value);
            }
        }
    }

    private bool ClientTakesGzip() =>
        _http.Request.Headers[ProtocolHeaders.AcceptEncoding].ToString().Contains(ProtocolHeaders.Gzip, StringComparison.Ordinal);

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in _http.Request.Headers)
        {
            if (name.StartsWith(':'))
            {
                continue;
            }

            foreach (var value in values)
            {
                ReceivedMetadata.Add(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    private (DateTime Deadline, ITimer? Timer) Until(TimeSpan timeout)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        var timer = timeout <= CallTimeout.LongestTimer
            ? TimeProvider.System.CreateTimer(
                static call => ((HttpServerCallContext)call!).PassDeadline(), this, timeout, Timeout.InfiniteTimeSpan)
            : null;
        return (deadline, timer);
    }

    private void PassDeadline()
    {
        // A client that went first was not too late: it was gone.
        if (_http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        Volatile.Write(ref _deadlinePassed, true);
        try
        {
#pragma warning disable MA0045 // A timer cannot wait.
            _abort!.Cancel();
#pragma warning restore MA0045
        }
        catch (ObjectDisposedException)
        {
            // The call has just ended by itself.
        }
    }
}
