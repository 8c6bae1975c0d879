using System.Buffers;
using IuCutter.Counting;

namespace IuCutter.Configuration.Yaml;

/// <summary>Reads the commands of compile, import, test and smoke, and those inside assertions.</summary>
internal sealed class CommandReader(ProblemList problems)
{
    public const string Wanted = "a command { run: [program, argument, ...] }";

    private static readonly SearchValues<char> ShellSigns = SearchValues.Create("|&;<>()$`\\\"'*?[]#~=%{}\n");

    private const string WantedSet = "a mapping of NAME: value";

    public List<CheckCommand>? Gate(MappingReader root, string gate) =>
        RefuseBareWords(root, gate) ? [] : root.Items<CheckCommand>(gate, $"a list of commands, each {Wanted}", gate == "smoke" ? ReadSmoke : Read);

    public List<TestCommand>? Tests(MappingReader root) =>
        RefuseBareWords(root, "test") ? [] : root.Items("test", $"a list of commands, each {Wanted}", ReadTest);

    public CheckCommand? Read(YamlNode node, KeyPath path)
    {
        if (Open(node, path) is not { } mapping)
        {
            return null;
        }

        var command = Fields(mapping, CheckCommand.DefaultTimeout);
        mapping.RefuseUnknown();
        return command;
    }

    /// <summary>A smoke may say whether it changes something, and by what that is measured.</summary>
    private CheckCommand? ReadSmoke(YamlNode node, KeyPath path)
    {
        if (Open(node, path) is not { } mapping)
        {
            return null;
        }

        var command = Fields(mapping, CheckCommand.DefaultTimeout);
        var mode = mapping.Word<RunMode>("mode");
        EffectProbe? effect = null;
        if (mapping.Inner("effect", "{ path: what to look at } or { run: [program, argument, ...] }") is { } inner)
        {
            effect = new EffectProbe { Path = inner.Text("path"), Run = inner.Texts("run"), MayBeAbsent = inner.Flag("may_be_absent") ?? false };
            inner.RefuseUnknown();
        }

        mapping.RefuseUnknown();
        return command is null ? null : command with { Mode = mode, Effect = effect };
    }

    /// <summary>A mapping, or null and a problem that shows how the command that was got would be written.</summary>
    public MappingReader? Open(YamlNode node, KeyPath path)
    {
        var rewritten = node switch
        {
            YamlNode.Scalar { IsNothing: false } scalar => ArgumentForm(scalar.Text),
            YamlNode.Sequence sequence when WordsOf(sequence) is { } words => Flow(words),
            _ => null,
        };
        return MappingReader.Of(node, path, problems, rewritten is null ? Wanted : $"{Wanted}; write {{ run: {rewritten} }}");
    }

    /// <summary>The keys that every command has; the caller asks for its own and then refuses the unknown.</summary>
    public CheckCommand? Fields(MappingReader mapping, TimeSpan defaultTimeout, bool withExpectation = true)
    {
        var command = new CheckCommand
        {
            Run = Arguments(mapping) ?? [],
            Name = mapping.Text("name"),
            Directory = mapping.Text("directory"),
            Timeout = mapping.Time("timeout") ?? defaultTimeout,
            Environment = mapping.Texts("environment") ?? [],
            Set = Settings(mapping),
            Network = mapping.Flag("network") ?? false,
            Sandbox = mapping.Word<SandboxTier>("sandbox"),
            Memory = mapping.Size("memory"),
            Expect = withExpectation ? Expectation(mapping) : new CommandExpectation(),
        };
        return command.Run.Count == 0 ? null : command;
    }

    private TestCommand? ReadTest(YamlNode node, KeyPath path)
    {
        if (Open(node, path) is not { } mapping)
        {
            return null;
        }

        var command = Fields(mapping, TestCommand.DefaultTimeout);
        var report = mapping.Text("report");
        var source = mapping.Flag("source") ?? true;
        var test = new TestCommand
        {
            Command = command ?? new CheckCommand { Run = [] },
            Counts = mapping.Word<TestFramework>("counts") ?? (report is null ? null : TestFramework.Junit),
            Report = report,
            Parity = mapping.Word<ParityRule>("parity") ?? (source ? ParityRule.Required : ParityRule.Off),
            Minimum = mapping.Number("minimum", "a number of tests"),
            Source = source,
        };
        mapping.RefuseUnknown();
        return command is null ? null : test;
    }

    private List<string>? Arguments(MappingReader mapping)
    {
        switch (mapping.Node("run"))
        {
            case null:
                mapping.Problems.AddFound(new ConfigurationProblem(0, 0, mapping.Path.Built, "`run` is missing; wanted run: [program, argument, ...]"));
                return null;
            case YamlNode.Scalar { IsNothing: false } line:
                problems.Add(
                    line.Line,
                    line.Column,
                    mapping.Path.Key("run").Shown,
                    $"got the text {Quoted.Text(line.Text)}; wanted a list of arguments, for no shell takes it apart; write run: {ArgumentForm(line.Text)}");
                return null;
            case YamlNode.Sequence { Items.Count: 0 } none:
                problems.Add(none.Line, none.Column, mapping.Path.Key("run").Shown, "got an empty list; wanted [program, argument, ...]");
                return null;
            default:
                return mapping.Texts("run", "a list of arguments");
        }
    }

    private static List<EnvironmentSetting> Settings(MappingReader mapping) =>
        mapping.Inner("set", WantedSet) is { } inner ? [.. inner.AllTexts().Select(setting => new EnvironmentSetting(setting.Key, setting.Text))] : [];

    private static CommandExpectation Expectation(MappingReader mapping)
    {
        if (mapping.Inner("expect", "{ exit: 0, contains: [texts], absent: [texts] }") is not { } inner)
        {
            return new CommandExpectation();
        }

        var expectation = new CommandExpectation
        {
            Exit = inner.Number("exit", "an exit code, 0 to 255") ?? 0,
            Contains = inner.Texts("contains") ?? [],
            Absent = inner.Texts("absent") ?? [],
        };
        inner.RefuseUnknown();
        return expectation;
    }

    // `test: [python3, -m, unittest]` is one command without its `run:`, not three commands.
    private bool RefuseBareWords(MappingReader root, string gate)
    {
        if (root.Node(gate) is not YamlNode.Sequence sequence || WordsOf(sequence) is not { Count: > 1 } words)
        {
            return false;
        }

        problems.Add(sequence.Line, sequence.Column, root.Path.Key(gate).Shown, $"got a list of words; wanted commands; write {gate}: [{{ run: {Flow(words)} }}]");
        return true;
    }

    private static List<string>? WordsOf(YamlNode.Sequence sequence) =>
        sequence.Items.All(item => item is YamlNode.Scalar { IsNothing: false }) && sequence.Items is [YamlNode.Scalar { Text: var first }, ..] && !first.Contains(' ', StringComparison.Ordinal)
            ? [.. sequence.Items.Select(item => ((YamlNode.Scalar)item).Text)]
            : null;

    private static string ArgumentForm(string line) => line.AsSpan().ContainsAny(ShellSigns)
        ? $"[sh, -c, {Quoting(line)}]"
        : Flow(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Flow(IEnumerable<string> words) => $"[{Quoted.List(words.Select(Quoting))}]";

    private static string Quoting(string word)
    {
        var shown = Quoted.Plain(word);
        return shown.Length > 0 && shown.All(character => char.IsAsciiLetterOrDigit(character) || "-_./+".Contains(character, StringComparison.Ordinal)) && shown is not "-"
            ? shown
            : $"'{shown.Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
