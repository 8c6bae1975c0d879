using System.Text.Json;
using Grpc.Core;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>Ledger lines of a target, with its agent's signature under the last.</summary>
/// <param name="Envelopes">Of an ended push: its in-toto statements, signed.</param>
internal sealed record SignedAnswer(IReadOnlyList<ReadOnlyMemory<byte>> Lines, LedgerReceipt Receipt, IReadOnlyList<ReadOnlyMemory<byte>> Envelopes)
{
    /// <exception cref="CommandException">The target cannot be reached, refuses, or does not sign.</exception>
    public static async Task<SignedAnswer> AskAsync(Target target, LedgerRequest request, CancellationToken cancellation)
    {
        request.Signed = true;
        var lines = new List<ReadOnlyMemory<byte>>();
        try
        {
            var client = await target.EnsureAsync(cancellation);
            using var call = client.ReadLedger(request, cancellationToken: cancellation);
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                var line = call.ResponseStream.Current;
                if (!line.Receipt.IsEmpty)
                {
                    return new SignedAnswer(lines, LedgerJson.ReadReceipt(line.Receipt.Span), [.. line.Envelopes.Select(e => e.Memory)]);
                }

                lines.Add(line.Line.Memory);
            }
        }
        catch (RpcException refusal)
        {
            cancellation.ThrowIfCancellationRequested();
            throw target.Explain(refusal);
        }
        catch (JsonException wrong)
        {
            throw Unsigned(target, wrong.Message);
        }

        throw Unsigned(target, "the answer ends without one");
    }

    private static CommandException Unsigned(Target target, string why) => new(
        ExitCode.Failed, "NO_RECEIPT", $"{target.Address} gave no receipt of its ledger: {why}", "its agent is older than this iucutter, or no agent: bring it to this version");
}
