using System.Buffers;
using System.Collections.Frozen;

namespace IuCutter.Configuration;

/// <summary>
/// Which variables a configuration may name. Those that make a loader, a shell, an interpreter or git run or load something else than
/// the command says are refused, for otherwise the evidence would show one command and another would have run.
/// </summary>
public static class EnvironmentNames
{
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly string[] RefusedBeginnings =
        ["LD_", "DYLD_", "GIT_", "BASH_FUNC_", "CORECLR_", "COR_", "COMPlus_", "GLIBC_", "MALLOC_", "IUCUTTER_"];

    private static readonly FrozenSet<string> Refused = FrozenSet.ToFrozenSet(
        [
            "PATH", "HOME", "TMPDIR", "SHELL", "IFS", "ENV", "CDPATH", "PS4", "PROMPT_COMMAND", "GLOBIGNORE",
            "BASH_ENV", "BASHOPTS", "SHELLOPTS", "ZDOTDIR",
            "PYTHONSTARTUP", "PYTHONHOME", "PYTHONINSPECT", "PYTHONBREAKPOINT", "PYTHONUSERBASE",
            "PERL5OPT", "PERL5LIB", "PERLLIB", "PERL5DB", "RUBYOPT", "RUBYLIB", "NODE_OPTIONS", "NODE_PATH",
            "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS",
            "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "DOTNET_ROOT",
            "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "GOFLAGS", "MAKEFLAGS", "MAKEFILES",
            "GCONV_PATH", "GETCONF_DIR", "HOSTALIASES", "LOCALDOMAIN", "NLSPATH", "RES_OPTIONS", "RESOLV_HOST_CONF",
            "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES", "SSLKEYLOGFILE", "SSH_ASKPASS", "EDITOR", "VISUAL", "PAGER",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the name may not be passed through or set; null when it may.</summary>
    public static string? Refusal(string name)
    {
        if (!IsName(name))
        {
            return $"{Quoted.Text(name)} is no variable's name; wanted letters, digits and _, not beginning with a digit, at most 128";
        }

        var beginning = Array.Find(RefusedBeginnings, word => name.StartsWith(word, StringComparison.OrdinalIgnoreCase));
        if (beginning is not null)
        {
            return $"{name} is refused: variables that begin with {beginning} change what a command runs or loads";
        }

        return Refused.Contains(name) ? $"{name} is refused: it changes what a command runs or loads" : null;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 128 && !char.IsAsciiDigit(name[0]) && name.AsSpan().IndexOfAnyExcept(Letters) < 0;
}
