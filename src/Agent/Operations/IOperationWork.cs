namespace IuCutter.Agent.Operations;

/// <summary>What an operation does: a push, a smoke or a rollback.</summary>
public interface IOperationWork
{
    /// <summary>Runs to the operation's last ledger line. Cancellation of the token means that the agent stops.</summary>
    public Task RunAsync(CancellationToken cancellationToken);
}
