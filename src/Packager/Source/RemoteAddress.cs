namespace IuCutter.Packager.Source;

/// <summary>A repository's address as it may be shown: people put tokens and passwords into it.</summary>
internal static class RemoteAddress
{
    public static string WithoutCredentials(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            // host:path or user@host:path, where nothing secret can stand, or a folder.
            return address;
        }

        var host = scheme + 3;
        var end = address.IndexOfAny(['/', '?', '#'], host);
        end = end < 0 ? address.Length : end;
        var at = address.LastIndexOf('@', end - 1, end - host);
        var user = at < 0 ? "" : address[host..at];
        var colon = user.IndexOf(':', StringComparison.Ordinal);

        // Over ssh the user says which account; over http even a lone user is often a token.
        var isSsh = address.AsSpan(0, scheme).Contains("ssh", StringComparison.OrdinalIgnoreCase);
        var shown = isSsh ? user[..(colon < 0 ? user.Length : colon)] : "";
        var path = address[(at < 0 ? host : at + 1)..];
        path = path.IndexOfAny(['?', '#']) is var query and >= 0 ? path[..query] : path;
        return $"{address[..host]}{shown}{(shown.Length > 0 ? "@" : "")}{path}";
    }
}
