using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using IuCutter.Gates;

namespace IuCutter.Ledgers;

/// <summary>The ledger's JSON: strict when read, never re-serialised to verify.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LedgerEntry))]
[JsonSerializable(typeof(GateResult))]
[JsonSerializable(typeof(LedgerReceipt))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class LedgerJson : JsonSerializerContext
{
    public static byte[] Write(LedgerEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, Readable.Context.LedgerEntry);

    public static byte[] Write(GateResult gate) => JsonSerializer.SerializeToUtf8Bytes(gate, Readable.Context.GateResult);

    public static byte[] Write(LedgerReceipt receipt) => JsonSerializer.SerializeToUtf8Bytes(receipt, Readable.Context.LedgerReceipt);

    /// <summary>One spelling of a JSON value, so that two can be compared byte for byte.</summary>
    public static byte[] Canonical(JsonElement value) => JsonSerializer.SerializeToUtf8Bytes(value, Readable.Context.JsonElement);

    /// <exception cref="JsonException">The line is not exactly such an entry.</exception>
    public static LedgerEntry ReadEntry(ReadOnlySpan<byte> line) => Read(line, Default.LedgerEntry);

    /// <exception cref="JsonException">The bytes are not exactly such a gate.</exception>
    public static GateResult ReadGate(ReadOnlySpan<byte> json) => Read(json, Default.GateResult);

    /// <exception cref="JsonException">The bytes are not exactly such a receipt.</exception>
    public static LedgerReceipt ReadReceipt(ReadOnlySpan<byte> json) => Read(json, Default.LedgerReceipt);

    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var value = JsonSerializer.Deserialize(json, type) ?? throw new JsonException("it must not be null");
            if (json.IndexOf("null"u8) >= 0 && NullIn(System.Text.Json.JsonElement.Parse(json), "$") is { } place)
            {
                throw new JsonException($"it holds null at {place}");
            }

            return value;
        }
        catch (JsonException e) when (e.Path is { } path && !e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new JsonException($"{path}: {e.Message}", e);
        }
        catch (NotSupportedException e)
        {
            // What System.Text.Json throws where the kind of an event is missing.
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>
    /// Where a value is null; nothing of ours is ever written so. Reading refuses null for what must not be, but not inside lists and mappings. A payload's
    /// configuration has rules of its own.
    /// </summary>
    private static string? NullIn(JsonElement value, string place) => value.ValueKind switch
    {
        JsonValueKind.Null => place,
        JsonValueKind.Object when place != "$.event.push.configuration" => value.EnumerateObject().Select(p => NullIn(p.Value, $"{place}.{p.Name}")).FirstOrDefault(p => p is not null),
        JsonValueKind.Array => value.EnumerateArray().Select((item, i) => NullIn(item, string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]"))).FirstOrDefault(p => p is not null),
        _ => null,
    };

    /// <summary>Initialised on first use, after the generated default that it copies.</summary>
    private static class Readable
    {
        // People read these lines: only what JSON itself demands is escaped. They are never put into a page as they are.
        public static readonly LedgerJson Context = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
