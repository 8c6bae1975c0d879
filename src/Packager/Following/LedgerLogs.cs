using Google.Protobuf;
using Grpc.Core;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>Reads a target's ledger, and the outputs that its lines name by their sha256.</summary>
internal sealed class LedgerLogs(Target target, Surroundings here)
{
    private readonly LedgerLines _lines = new(target);

    /// <param name="operation">Empty: every operation's lines.</param>
    /// <param name="last">0: all.</param>
    public async Task<ExitCode> ShowAsync(string operation, uint last, bool json, CancellationToken cancellation)
    {
        var lines = new JsonLines(here.Out);
        var count = 0;
        await _lines.ReadAsync(operation, last, line =>
        {
            count++;
            if (json)
            {
                lines.Write(members => ProgramView.WriteLedgerLine(members, line.Span));
            }
            else
            {
                here.Screen.Line(LedgerLines.TryRead(line.Span) is { } entry ? LedgerText.Line(entry) : "     ?  (a line that this version of iucutter does not know)");
            }
        }, cancellation);
        return count > 0 || operation.Length == 0
            ? ExitCode.Passed
            : throw CommandException.Usage($"operation {operation} is not in the ledger of {target.Address}", TypedCommand.InText("`iucutter operations` shows those that are", target.Address));
    }

    /// <summary>Writes what a check's command printed to standard output, byte for byte, escaped where that is a terminal.</summary>
    /// <param name="operation">Empty: the newest that has such a check.</param>
    /// <exception cref="CommandException">There is no such check, or it kept no output.</exception>
    public async Task<ExitCode> WriteOutputAsync(string operation, string checkId, CancellationToken cancellation)
    {
        LedgerEvent.CheckMade? found = null;
        await _lines.ReadAsync(operation, 0, line => found = LedgerLines.TryRead(line.Span)?.Event is LedgerEvent.CheckMade made && made.Check.Id == checkId ? made : found, cancellation);
        var where = operation.Length == 0 ? "the ledger" : operation;
        if (found is null)
        {
            throw CommandException.Usage($"{where} has no check '{checkId}'", TypedCommand.InText("`iucutter logs` lists the checks of each operation", target.Address));
        }

        if (found.Check.Evidence?.Command is not { } command)
        {
            throw CommandException.Usage($"check {checkId} ran no command, so it kept no output; it saw: {SafeText.Line(found.Check.Seen)}");
        }

        await CopyAsync(Convert.FromHexString(command.OutputSha256), cancellation);
        return ExitCode.Passed;
    }

    private async Task CopyAsync(byte[] sha256, CancellationToken cancellation)
    {
        try
        {
            var client = await target.EnsureAsync(cancellation);
            using var call = client.ReadOutput(new OutputRequest { Sha256 = ByteString.CopyFrom(sha256) }, cancellationToken: cancellation);
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                await WriteAsync(call.ResponseStream.Current.Data.Memory, cancellation);
            }

            await here.Out.FlushAsync(cancellation);
        }
        catch (RpcException refusal)
        {
            cancellation.ThrowIfCancellationRequested();
            throw target.Explain(refusal);
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        if (here.Screen.IsTerminal)
        {
            // What a payload printed may carry anything, and a terminal obeys.
            piece = System.Text.Encoding.UTF8.GetBytes(Commands.DisplayText.Escape(piece.Span));
        }

        await here.Out.WriteAsync(piece, cancellation);
    }
}
