namespace IuCutter.Configuration;

/// <summary>What the values of an assertion must hold.</summary>
internal static class AssertionRules
{
    public static void Check(RuleWalk walk, string key, Assertion assertion)
    {
        walk.Text($"{key}.name", assertion.Name);
        switch (assertion)
        {
            case Assertion.FileText file:
                CheckFile(walk, key, file);
                break;
            case Assertion.PathPresent present:
                walk.Relative($"{key}.present", present.Path);
                break;
            case Assertion.PathAbsent absent:
                walk.Relative($"{key}.absent", absent.Path);
                break;
            case Assertion.Version version:
                walk.Command($"{key}.version", version.Command);
                walk.Text($"{key}.equals", version.EqualTo);
                break;
            case Assertion.SwitchOffFile file:
                walk.Relative($"{key}.switch_off.file", file.File);
                walk.Pattern($"{key}.switch_off.matches", file.Matches);
                break;
            case Assertion.SwitchOffCommand command:
                walk.Command($"{key}.switch_off", command.Command);
                walk.Text($"{key}.switch_off.prints", command.Prints);
                break;
            case Assertion.Refused refused:
                walk.Command($"{key}.refused", refused.Command);
                walk.Range($"{key}.refused.exit", refused.Exit ?? 1, 1, 255);
                walk.Text($"{key}.refused.says", refused.Says);
                break;
        }
    }

    private static void CheckFile(RuleWalk walk, string key, Assertion.FileText file)
    {
        walk.Relative($"{key}.file", file.File);
        walk.Text($"{key}.contains", file.Contains);
        walk.Text($"{key}.absent_text", file.AbsentText);
        walk.Pattern($"{key}.matches", file.Matches);
        if (file is { Contains: null, Matches: null, EqualTo: null, AbsentText: null })
        {
            walk.Refuse(key, "says nothing about the file; wanted contains, matches, equals or absent_text (or { present: path })");
        }
    }
}
