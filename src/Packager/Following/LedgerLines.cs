using System.Text.Json;
using Grpc.Core;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>A target's ledger, line by line.</summary>
internal sealed class LedgerLines(Target target)
{
    /// <param name="operation">Empty: every operation's lines.</param>
    /// <param name="last">0: all.</param>
    public async Task ReadAsync(string operation, uint last, Action<ReadOnlyMemory<byte>> take, CancellationToken cancellation)
    {
        try
        {
            var client = await target.EnsureAsync(cancellation);
            using var call = client.ReadLedger(new LedgerRequest { OperationId = operation, Last = last }, cancellationToken: cancellation);
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                take(call.ResponseStream.Current.Line.Memory);
            }
        }
        catch (RpcException refusal)
        {
            cancellation.ThrowIfCancellationRequested();
            throw target.Explain(refusal);
        }
    }

    /// <summary>Null for a line of a kind that this version does not know.</summary>
    public static LedgerEntry? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            return LedgerJson.ReadEntry(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
