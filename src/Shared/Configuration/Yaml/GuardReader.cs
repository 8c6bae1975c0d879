namespace IuCutter.Configuration.Yaml;

/// <summary>Reads one item of <c>guards:</c> or of <c>anchors:</c>.</summary>
internal sealed class GuardReader(ProblemList problems)
{
    public Guard? Read(YamlNode node, KeyPath path)
    {
        if (MappingReader.Of(node, path, problems, "a guard such as { host: NAME }") is not { } mapping)
        {
            return null;
        }

        var kind = mapping.Which("host", "file", "absent", "directory", "free", "tool", "user");
        Guard? guard = kind switch
        {
            "host" => mapping.Text("host") is { } name ? new Guard.Host(name) : null,
            "file" => ReadFile(mapping),
            "absent" => mapping.Text("absent") is { } file ? new Guard.Absent(file) : null,
            "directory" => mapping.Text("directory") is { } directory ? new Guard.Directory(directory) : null,
            "free" => mapping.Size("free") is { } bytes ? new Guard.Free(bytes) : null,
            "tool" => ReadTool(mapping),
            "user" => mapping.Text("user") is { } user ? new Guard.User(user) : null,
            _ => null,
        };
        if (kind is not null)
        {
            mapping.RefuseUnknown();
        }

        return guard;
    }

    public Anchor? ReadAnchor(YamlNode node, KeyPath path)
    {
        if (node is YamlNode.Scalar { IsNothing: false } scalar)
        {
            return new Anchor(scalar.Text);
        }

        if (MappingReader.Of(node, path, problems, "an absolute path or { path: /absolute/path, expect: sha256 or absent }") is not { } mapping)
        {
            return null;
        }

        var anchor = mapping.RequiredText("path", "an absolute path");
        var expect = mapping.Text("expect");
        mapping.RefuseUnknown();
        return anchor is null ? null : new Anchor(anchor, expect);
    }

    private static Guard.File? ReadFile(MappingReader mapping)
    {
        var (file, contains, sha256) = (mapping.Text("file"), mapping.Text("contains"), mapping.Text("sha256"));
        return file is null ? null : new Guard.File(file, contains, sha256);
    }

    private Guard.Tool? ReadTool(MappingReader mapping)
    {
        var (tool, text) = (mapping.Text("tool"), mapping.Text("version"));
        var version = text is null ? null : VersionRequirement.TryParse(text);
        if (text is not null && version is null)
        {
            problems.AddFound(new ConfigurationProblem(
                0, 0, mapping.Path.Key("version").Built, $"got {Quoted.Text(text)}; wanted a requirement such as \">= 2.30\" or \">= 3.10, < 4\""));
        }

        return tool is null ? null : new Guard.Tool(tool, version);
    }
}
