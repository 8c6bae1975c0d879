namespace Grpc.Net.Client;

/// <summary>A call's request body, and how the call ends it.</summary>
internal abstract class RequestContent<TRequest> : HttpContent
{
    /// <summary>Ties the body to its call, before it is sent.</summary>
    public abstract void Attach(IRequestOwner owner, RequestEncoding<TRequest> encoding);

    /// <summary>
    /// The call ended on this side: the body must fail. If it ended normally here, END_STREAM could go out before the reset, and what
    /// was cut short would look complete to the server.
    /// </summary>
    public abstract void Fail(Exception reason);

    /// <summary>The server ended the call: the body ends normally, which half-closes the stream instead of resetting it.</summary>
    public abstract void EndQuietly();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
