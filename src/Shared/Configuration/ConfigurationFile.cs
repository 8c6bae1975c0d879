using System.Text;
using IuCutter.Configuration.Yaml;

namespace IuCutter.Configuration;

/// <summary>Reads iucutter.yaml: UTF-8, at most <see cref="ReleaseConfigurationJson.MostBytes"/>, plain data only.</summary>
public static class ConfigurationFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="yaml">The file's bytes, as the commit has them.</param>
    /// <param name="defaultName">The release's name when the file gives none, usually the repository's.</param>
    /// <exception cref="ConfigurationException">Everything that is wrong with the file, each with its place.</exception>
    public static ReleaseConfiguration Read(ReadOnlySpan<byte> yaml, string defaultName)
    {
        var problems = new ProblemList();
        var mapping = Open(yaml, problems, "keys such as `name: my-service`");
        var configuration = mapping is null ? null : Build(mapping, problems, defaultName);
        if (configuration is not null)
        {
            foreach (var found in ConfigurationRules.Problems(configuration))
            {
                problems.AddFound(found);
            }
        }

        return problems.IsEmpty ? configuration! : throw problems.ToException();
    }

    /// <summary>The file's root, or null and what keeps it from being read.</summary>
    internal static MappingReader? Open(ReadOnlySpan<byte> yaml, ProblemList problems, string wanted) =>
        (Decode(yaml, problems) is { } text ? YamlTree.Read(text, problems) : null) is { } root ? MappingReader.Of(root, KeyPath.Root, problems, wanted) : null;

    private static string? Decode(ReadOnlySpan<byte> yaml, ProblemList problems)
    {
        if (yaml.Length > ReleaseConfigurationJson.MostBytes)
        {
            problems.Add(1, 1, "", $"{yaml.Length} bytes; at most {ReleaseConfigurationJson.MostBytes} are read");
            return null;
        }

        if (yaml.StartsWith("\uFEFF"u8))
        {
            yaml = yaml[3..];
        }

        try
        {
            return WithoutControls(Strict.GetString(yaml), problems);
        }
        catch (DecoderFallbackException wrong)
        {
            var before = yaml[..Math.Clamp(wrong.Index, 0, yaml.Length)];
            var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            problems.Add(before.Count((byte)'\n') + 1, column, "", "not UTF-8 from here on; save the file as UTF-8");
            return null;
        }
    }

    private static string? WithoutControls(string text, ProblemList problems)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsControl(text[index]) && text[index] is not ('\n' or '\r' or '\t'))
            {
                var before = text.AsSpan(0, index);
                problems.Add(before.Count('\n') + 1, index - before.LastIndexOf('\n'), "", $"a control character, U+{(int)text[index]:X4}; wanted text");
                return null;
            }
        }

        return text;
    }

    private static ReleaseConfiguration Build(MappingReader root, ProblemList problems, string defaultName)
    {
        var commands = new CommandReader(problems);
        var guards = new GuardReader(problems);
        var gaps = new GapReader(problems);
        var name = root.Text("name") ?? defaultName;
        var configuration = new ReleaseConfiguration
        {
            Name = name,
            Slot = root.Text("slot") ?? name,
            Target = Target(root),
            Format = root.Word<ArtifactFormat>("format") ?? ArtifactFormat.Tar,
            Keep = root.Number("keep", "a number of releases, 1 to 1000") ?? ReleaseConfiguration.DefaultKeep,
            Link = root.Word<LinkRule>("link") ?? LinkRule.Copy,
            Source = Source(root),
            Guards = root.Items("guards", "a list of guards", guards.Read) ?? [],
            Anchors = root.Items("anchors", "a list of absolute paths", guards.ReadAnchor) ?? [],
            Approval = root.Word<ApprovalRule>("approval"),
            Compile = commands.Gate(root, "compile"),
            Import = commands.Gate(root, "import"),
            Test = commands.Tests(root),
            Assert = root.Items("assert", "a list of assertions", new AssertionReader(problems, commands).Read),
            Smoke = commands.Gate(root, "smoke"),
            Forbid = Forbid(root),
            Publish = Publish(root),
            Environment = root.Texts("environment", "a list of names") ?? [],
            Gaps = root.Items("gaps", "a list of gaps", gaps.Read),
            EnableWhen = root.Items("enable_when", "a list of conditions", gaps.ReadCondition),
        };
        gaps.RefuseUnknownChecks(configuration);
        root.RefuseUnknown();
        return configuration;
    }

    private static TargetAddress? Target(MappingReader root)
    {
        if (root.Text("target") is not { } text)
        {
            return null;
        }

        if (!TargetAddress.TryParse(text, out var address, out var refusal))
        {
            var node = root.Node("target")!;
            root.Problems.Add(node.Line, node.Column, "target", $"got {Quoted.Text(text)}: {refusal}");
        }

        return address;
    }

    private static PublishRule? Publish(MappingReader root)
    {
        if (root.Inner("publish", "{ directory: path } or { repository: path }") is not { } inner)
        {
            return null;
        }

        var rule = new PublishRule { Directory = inner.Text("directory"), Repository = inner.Text("repository") };
        inner.RefuseUnknown();
        return rule;
    }

    private static SourceRules Source(MappingReader root)
    {
        if (root.Inner("source", "{ clean: required, export_attributes: false }") is not { } inner)
        {
            return new SourceRules();
        }

        var source = new SourceRules
        {
            Clean = inner.Word<CleanTreeRule>("clean") ?? CleanTreeRule.Reported,
            ExportAttributes = inner.Flag("export_attributes") ?? false,
        };
        inner.RefuseUnknown();
        return source;
    }

    private static ForbidRules Forbid(MappingReader root)
    {
        if (root.Inner("forbid", "{ paths: [globs], texts: [literals], allow: [globs] }") is not { } inner)
        {
            return new ForbidRules();
        }

        var forbid = new ForbidRules
        {
            Paths = inner.Texts("paths") ?? [],
            Texts = inner.Texts("texts") ?? [],
            Allow = inner.Texts("allow") ?? [],
        };
        inner.RefuseUnknown();
        return forbid;
    }
}
