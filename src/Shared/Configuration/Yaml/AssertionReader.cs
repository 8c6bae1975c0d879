namespace IuCutter.Configuration.Yaml;

/// <summary>Reads one item of <c>assert:</c>.</summary>
internal sealed class AssertionReader(ProblemList problems, CommandReader commands)
{
    public Assertion? Read(YamlNode node, KeyPath path)
    {
        if (MappingReader.Of(node, path, problems, "an assertion such as { present: path }") is not { } mapping)
        {
            return null;
        }

        var kind = mapping.Which("file", "present", "absent", "version", "switch_off", "refused");
        var assertion = kind switch
        {
            "file" => FileText(mapping),
            "present" => mapping.Text("present") is { } present ? new Assertion.PathPresent(present) : null,
            "absent" => mapping.Text("absent") is { } absent ? new Assertion.PathAbsent(absent) : null,
            "version" => Version(mapping),
            "switch_off" => SwitchOff(mapping),
            "refused" => Refused(mapping),
            _ => null,
        };
        if (kind is null)
        {
            return null;
        }

        var name = mapping.Text("name");
        mapping.RefuseUnknown();
        return assertion is null ? null : assertion with { Name = name };
    }

    private static Assertion.FileText? FileText(MappingReader mapping)
    {
        var file = mapping.Text("file");
        var assertion = new Assertion.FileText(file ?? "")
        {
            Contains = mapping.Text("contains"),
            Matches = mapping.Text("matches"),
            EqualTo = mapping.Text("equals"),
            AbsentText = mapping.Text("absent_text"),
        };
        return file is null ? null : assertion;
    }

    private Assertion.Version? Version(MappingReader mapping)
    {
        var command = mapping.Node("version") is { } node ? commands.Read(node, mapping.Path.Key("version")) : null;
        var text = mapping.RequiredText("equals", "the version that must be printed");
        return command is null || text is null ? null : new Assertion.Version(command, text);
    }

    private Assertion? SwitchOff(MappingReader mapping)
    {
        const string Wanted = "{ file: path, matches: regex } or { run: [...], prints: text }";
        if (mapping.Inner("switch_off", Wanted) is not { } inner)
        {
            return null;
        }

        Assertion? assertion = null;
        switch (inner.Which("file", "run"))
        {
            case "file":
                var (file, matches) = (inner.Text("file"), inner.RequiredText("matches", "a regular expression"));
                assertion = file is null || matches is null ? null : new Assertion.SwitchOffFile(file, matches);
                inner.RefuseUnknown();
                break;
            case "run":
                var (command, prints) = (commands.Fields(inner, CheckCommand.DefaultTimeout), inner.RequiredText("prints"));
                assertion = command is null || prints is null ? null : new Assertion.SwitchOffCommand(command, prints);
                inner.RefuseUnknown();
                break;
        }

        return assertion;
    }

    private Assertion.Refused? Refused(MappingReader mapping)
    {
        if (mapping.Inner("refused", "{ run: [...], says: text }") is not { } inner)
        {
            return null;
        }

        var command = commands.Fields(inner, CheckCommand.DefaultTimeout, withExpectation: false);
        var exit = inner.Number("exit", "an exit code, 1 to 255");
        var says = inner.RequiredText("says", "the text that the refusal prints");
        inner.RefuseUnknown();
        return command is null || says is null ? null : new Assertion.Refused(command, says, exit);
    }
}
