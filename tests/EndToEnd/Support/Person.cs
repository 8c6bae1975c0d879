namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A person with a real ssh key, as the target's operator may name one in an allowed-signers file.</summary>
internal sealed record Person(string Name, string Key)
{
    private const string Real = "/usr/bin/ssh-keygen";

    public static async Task<Person> MakeAsync(Scene scene, string name)
    {
        var key = Path.Combine(scene.Folder, name.Split('@')[0]);
        await Programs.OutputOfAsync(scene.Folder, Real, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key);
        return new Person(name, key);
    }

    /// <summary>The person's line of an allowed-signers file.</summary>
    public string Line(string options = "") => $"{Name} {options}{string.Join(' ', File.ReadAllText(Key + ".pub").Split(' ')[..2])}\n";

    /// <summary>A folder for the front of the PATH whose ssh-keygen is this script: what a changed client could send in place of an honest signature.</summary>
    public static string Liar(Scene scene, string name, string script)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scene.Folder, name)).FullName;
        var program = Path.Combine(folder, "ssh-keygen");
        File.WriteAllText(program, "#!/bin/sh\n" + script.Replace("REAL", Real, StringComparison.Ordinal) + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return folder;
    }
}
