namespace Grpc.Net.Client;

/// <summary>What a request stream asks of its call, whose response type it does not know.</summary>
internal interface IRequestOwner
{
    /// <summary>Fires once the call has ended, after its body was told how: a write that still waits for room waits in vain.</summary>
    public CancellationToken Aborted { get; }

    /// <summary>A write was cancelled by its caller: half a message may be under way, so the call can't go on.</summary>
    public void WriteCancelled();

    /// <summary>A write failed. The exception carries the call's true status wherever the call learns it by itself.</summary>
    public Task<Exception> WriteFailedAsync(Exception failure);
}
