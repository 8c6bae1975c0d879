using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace IuCutter.Agent.Endpoint;

/// <summary>The services that a host serves, and where every name that they use is declared.</summary>
public sealed class ServedServices
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);

    public ServedServices(params IReadOnlyList<ServiceDescriptor> services)
    {
        Names = [.. services.Select(service => service.FullName).Order(StringComparer.Ordinal)];
        foreach (var service in services)
        {
            AddFile(service.File);
        }
    }

    /// <summary>Full names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    public bool Serves(string service) => Names.Contains(service, StringComparer.Ordinal);

    public bool HasMessage(string fullName) => _messages.Contains(fullName);

    /// <summary>The file by its name, then all that it imports, each once and serialized; null when it is not known.</summary>
    public IReadOnlyList<ByteString>? FileNamed(string name) => _files.TryGetValue(name, out var file) ? WithImports(file) : null;

    /// <summary>The file that declares the symbol, as <see cref="FileNamed"/> gives it.</summary>
    public IReadOnlyList<ByteString>? FileDeclaring(string symbol) =>
        _symbols.TryGetValue(symbol, out var file) ? WithImports(file) : null;

    private static List<ByteString> WithImports(FileDescriptor file)
    {
        var files = new List<ByteString>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { file.Name };
        var waiting = new Queue<FileDescriptor>([file]);
        while (waiting.TryDequeue(out var next))
        {
            files.Add(next.SerializedData);
            foreach (var import in next.Dependencies.Where(import => seen.Add(import.Name)))
            {
                waiting.Enqueue(import);
            }
        }

        return files;
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        AddMessages(file.MessageTypes, file);
        AddEnums(file.EnumTypes, file);
        foreach (var import in file.Dependencies)
        {
            AddFile(import);
        }
    }

    private void AddMessages(IEnumerable<MessageDescriptor> messages, FileDescriptor file)
    {
        foreach (var message in messages)
        {
            _messages.Add(message.FullName);
            _symbols[message.FullName] = file;
            foreach (var field in message.Fields.InDeclarationOrder())
            {
                _symbols[field.FullName] = file;
            }

            AddMessages(message.NestedTypes, file);
            AddEnums(message.EnumTypes, file);
        }
    }

    private void AddEnums(IEnumerable<EnumDescriptor> enums, FileDescriptor file)
    {
        foreach (var type in enums)
        {
            _symbols[type.FullName] = file;
            foreach (var value in type.Values)
            {
                _symbols[value.FullName] = file;
            }
        }
    }
}
