namespace IuCutter.Packager.Source;

/// <summary>The stable names of what a <see cref="SourceException"/> can say: programs read these, people the sentence.</summary>
public static class SourceCodes
{
    public const string GitMissing = "GIT_MISSING";
    public const string GitTooOld = "GIT_TOO_OLD";
    public const string GitFailed = "GIT_FAILED";
    public const string NotARepository = "NOT_A_REPOSITORY";
    public const string RepositoryNotTrusted = "REPOSITORY_NOT_TRUSTED";
    public const string NoCommits = "NO_COMMITS";
    public const string UnknownCommit = "UNKNOWN_COMMIT";
    public const string AmbiguousCommit = "AMBIGUOUS_COMMIT";
    public const string ObjectChanged = "OBJECT_CHANGED";
    public const string ObjectMissing = "OBJECT_MISSING";
    public const string EmptyTree = "EMPTY_TREE";
    public const string UnsafePaths = "UNSAFE_PATHS";
    public const string UnsafeLinks = "UNSAFE_LINKS";
    public const string Submodules = "SUBMODULES";
    public const string LfsPointers = "LFS_POINTERS";
    public const string LocalAttributes = "LOCAL_ATTRIBUTES";
    public const string ArtifactDigestMismatch = "ARTIFACT_DIGEST_MISMATCH";
    public const string ArtifactMalformed = "ARTIFACT_MALFORMED";
    public const string ArtifactDiffers = "ARTIFACT_DIFFERS";
}
