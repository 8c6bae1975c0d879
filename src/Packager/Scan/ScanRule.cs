namespace IuCutter.Packager.Scan;

/// <summary>The names of the rules: they stand in hits, and before the colon of an allowed <c>rule:glob</c>.</summary>
public static class ScanRule
{
    public const string GitFolder = "git-folder";
    public const string EnvFile = "env-file";
    public const string KeyFile = "key-file";
    public const string PythonCache = "python-cache";
    public const string Litter = "litter";
    public const string PrivateKey = "private-key";
    public const string AwsKey = "aws-key";
    public const string GithubToken = "github-token";
    public const string SlackToken = "slack-token";
    public const string GoogleKey = "google-key";
    public const string DsnPassword = "dsn-password";
    public const string Jwt = "jwt";

    /// <summary>One of the configuration's forbidden paths.</summary>
    public const string ForbiddenPath = "forbidden-path";

    /// <summary>One of the configuration's forbidden texts; a hit's rule is <c>forbidden-text#N</c>, N its number there, from 1.</summary>
    public const string ForbiddenText = "forbidden-text";

    public static IReadOnlyList<string> All { get; } =
    [
        GitFolder, EnvFile, KeyFile, PythonCache, Litter, PrivateKey, AwsKey, GithubToken, SlackToken, GoogleKey, DsnPassword, Jwt, ForbiddenPath, ForbiddenText,
    ];
}
