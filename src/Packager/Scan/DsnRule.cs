using System.Buffers;

namespace IuCutter.Packager.Scan;

/// <summary>Tells an address of a database or broker that carries a real password (<c>postgres://app:s3cr3t@host/db</c>) from one that shows where it would stand.</summary>
internal static class DsnRule
{
    private const int LongestUserInfo = 512;

    private static readonly string[] Schemes =
    [
        "postgres", "postgresql", "mysql", "mysql2", "mariadb", "mongodb", "mongodb+srv", "redis", "rediss", "amqp", "amqps", "mssql", "sqlserver", "cockroachdb",
        "clickhouse",
    ];

    private static readonly string[] Words = ["pass", "pwd", "pw", "secret", "example", "changeme", "change-me", "change_me", "placeholder", "redacted", "dummy", "user", "test"];
    private static readonly string[] Defaults = ["postgres", "root", "guest", "admin", "mysql", "redis", "mongo", "rabbitmq", "foobared", "1234", "12345", "123456", "p", "foo", "bar", "foobar"];
    private static readonly string[] SampleHosts = ["example", "host", "hostname", "server", "your-host", "your_host"];
    private static readonly SearchValues<char> SchemeChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-_");

    // What ends the part before '@': quotes, blanks, and what an address has after its host.
    private static readonly SearchValues<char> Ends = SearchValues.Create("@/?#\"'`<>\\ \t\r\n\0|,;)");
    private static readonly SearchValues<char> HostEnds = SearchValues.Create(":/?#\"'`<>\\ \t\r\n\0|,;)");
    private static readonly SearchValues<char> TemplateChars = SearchValues.Create("${}[]()*");

    public static bool HasPassword(ReadOnlySpan<char> text, int mark)
    {
        var rest = text[(mark + 3)..Math.Min(text.Length, mark + 3 + LongestUserInfo)];
        var at = rest.IndexOfAny(Ends);
        var colon = at > 0 && rest[at] == '@' ? rest[..at].IndexOf(':') : -1;
        if (colon < 0 || !IsScheme(text[..mark]))
        {
            return false;
        }

        var host = rest[(at + 1)..];
        host = host.IndexOfAny(HostEnds) is var end and >= 0 ? host[..end] : host;
        return !IsPlaceholder(rest[..colon], rest[(colon + 1)..at]) && !IsSampleHost(host);
    }

    private static bool IsScheme(ReadOnlySpan<char> before)
    {
        before = before[Math.Max(0, before.Length - 24)..];
        var scheme = before[(before.LastIndexOfAnyExcept(SchemeChars) + 1)..];

        // "postgresql+psycopg2", "jdbc-mysql": a driver is written after a '+'.
        foreach (var known in Schemes)
        {
            if (scheme.StartsWith(known, StringComparison.OrdinalIgnoreCase) && (scheme.Length == known.Length || scheme[known.Length] == '+'))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlaceholder(ReadOnlySpan<char> user, ReadOnlySpan<char> password)
    {
        if (password.IsEmpty || password.ContainsAny(TemplateChars) || IsFormatVerb(password) || password.Equals(user, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (!password.ContainsAnyExcept(password[0]) || IsOneOf(password, Defaults))
        {
            return true;
        }

        // Words such as "password", "your_secret", "my-pass": letters only, else it may be a real one that holds a word.
        foreach (var word in Words)
        {
            if (password.Contains(word, StringComparison.OrdinalIgnoreCase) && IsWordy(password))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWordy(ReadOnlySpan<char> password)
    {
        // One digit at the end ("password1") still is no secret.
        var letters = password.TrimEnd("0123456789");
        letters = password.Length - letters.Length <= 3 ? letters : password;
        foreach (var c in letters)
        {
            if (!char.IsAsciiLetter(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    // "%s", "%v", "%(password)s", "%PASSWORD%": a percent sign that begins no encoded byte.
    private static bool IsFormatVerb(ReadOnlySpan<char> password)
    {
        for (var i = 0; i < password.Length; i++)
        {
            if (password[i] == '%' && !(i + 2 < password.Length && char.IsAsciiHexDigit(password[i + 1]) && char.IsAsciiHexDigit(password[i + 2])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSampleHost(ReadOnlySpan<char> host) =>
        host.IsEmpty || IsOneOf(host, SampleHosts)
        || host.StartsWith("example.", StringComparison.OrdinalIgnoreCase)
        || host.Contains(".example", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase)
        || host.ContainsAny(TemplateChars);

    private static bool IsOneOf(ReadOnlySpan<char> text, ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
