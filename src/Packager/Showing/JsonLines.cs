using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IuCutter.Packager.Showing;

/// <summary>Writes one JSON object a line, whole or not at all, for programs.</summary>
internal sealed class JsonLines(Stream stream)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    public void Write(Action<Utf8JsonWriter> members)
    {
        lock (_lock)
        {
            _buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_buffer, Options))
            {
                json.WriteStartObject();
                members(json);
                json.WriteEndObject();
            }

            _buffer.Write("\n"u8);
            stream.Write(_buffer.WrittenSpan);
            stream.Flush();
        }
    }
}
