using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

public sealed class ArtifactTests
{
    // Names that have broken packers: blanks, quotes, options, controls, bytes that are no UTF-8, and every length around ustar's limits.
    private static readonly byte[][] OddNames =
    [
        "with space"u8.ToArray(), " lead"u8.ToArray(), "trail "u8.ToArray(), "-rf"u8.ToArray(), "--help"u8.ToArray(), "quote'\"`$(x)"u8.ToArray(), "line\nbreak\ttab"u8.ToArray(),
        "back\\slash"u8.ToArray(), "ünï/😀"u8.ToArray(), [(byte)'n', 0xFF, 0xFE, (byte)'!'], [0xC3], "star*?[a]"u8.ToArray(), "\u0001\u001b[31m"u8.ToArray(),
        Deep(99), Deep(100), Deep(101), Deep(255), Deep(256), Deep(257), Deep(300), Deep(1500), Flat(100), Flat(101), Flat(200), Flat(255),
        [.. "p/"u8, .. Flat(155), (byte)'/', .. Flat(100)], [.. Flat(155), (byte)'/', .. Flat(99), (byte)'x'], [.. Flat(156), (byte)'/', .. Flat(100)],
        [.. Flat(200), 0xFF, (byte)'/', 0xFE],
    ];

    [Fact]
    public async Task Everything_that_a_commit_can_hold_comes_out_of_GNU_tar_as_it_went_in()
    {
        using var source = new TemporaryRepository();
        var entries = OddNames.Select((name, i) => ("100644", name, Encoding.UTF8.GetBytes($"content {i}"))).ToList();
        entries.Add(("100755", "run.sh"u8.ToArray(), "#!/bin/sh\n"u8.ToArray()));
        entries.Add(("100644", "empty"u8.ToArray(), []));
        entries.Add(("100644", "big"u8.ToArray(), RandomNumberGenerator.GetBytes(3_000_001)));
        entries.Add(("120000", "link"u8.ToArray(), "../\u00fc dangling"u8.ToArray()));
        entries.Add(("120000", "link-100"u8.ToArray(), Flat(100)));
        entries.Add(("120000", "link-101"u8.ToArray(), Deep(101)));
        entries.Add(("120000", [.. Flat(120), (byte)'l'], [.. Deep(1000), 0xFF]));
        source.CommitTree(entries);
        var path = Path.Combine(source.Folder, "out.tar");

        using var artifact = await source.PackAsync(with: request => request with { OutputPath = path });
        var unpacked = Path.Combine(source.Folder, "unpacked");
        Directory.CreateDirectory(unpacked);
        Assert.Equal("", Run("tar", "--warning=all", "--no-same-owner", "-xf", path, "-C", unpacked));

        // git itself tells whether what lies there is the commit's tree, byte for byte and mode for mode.
        TemporaryRepository.RunGit(unpacked, null, "init", "-q");
        TemporaryRepository.RunGit(unpacked, null, "-c", "core.autocrlf=false", "add", "-A", "-f", ".");
        Assert.Equal(artifact.Manifest.Tree, TemporaryRepository.RunGit(unpacked, null, "write-tree"));
        Assert.Equal(entries.Count, artifact.Manifest.Entries.Count);
        Assert.Equal(artifact.TarDigest, Sha256Digest.Of(await File.ReadAllBytesAsync(path)));
        Assert.Equal(artifact.TarSize, new FileInfo(path).Length);
    }

    [Fact]
    public async Task The_manifest_names_each_content_and_the_offsets_lead_to_it()
    {
        using var source = new TemporaryRepository();
        source.CommitTree(
            ("100644", "a"u8.ToArray(), "same"u8.ToArray()), ("100755", "b"u8.ToArray(), "same"u8.ToArray()), ("100644", "c"u8.ToArray(), []),
            ("120000", "d"u8.ToArray(), "same"u8.ToArray()), ("120000", "e"u8.ToArray(), Deep(700)), ("100644", "f"u8.ToArray(), RandomNumberGenerator.GetBytes(700_000)));

        using var artifact = await source.PackAsync();

        Assert.Equal(4, artifact.Manifest.DistinctContents.Count);
        for (var i = 0; i < artifact.Manifest.DistinctContents.Count; i++)
        {
            var content = artifact.Manifest.DistinctContents[i];
            var bytes = new byte[content.Size + 10];
            var read = await artifact.ReadContentAsync(i, 0, bytes, CancellationToken.None);
            Assert.Equal(content.Size, read);
            Assert.Equal(content.Digest, Sha256Digest.Of(bytes.AsSpan(0, read)));
        }

        Assert.Equal([EntryKind.File, EntryKind.Executable, EntryKind.File, EntryKind.Link, EntryKind.Link, EntryKind.File], artifact.Manifest.Entries.Select(entry => entry.Kind));
    }

    [Fact]
    public async Task The_archive_is_the_same_from_a_clone_a_repacked_one_and_a_bare_one()
    {
        using var source = new TemporaryRepository();
        source.CommitTree(OddNames.Select((name, i) => ("100644", name, Encoding.UTF8.GetBytes($"{i}"))));
        var clone = Path.Combine(source.Folder, "clone");
        var bare = Path.Combine(source.Folder, "bare.git");
        source.Git("clone", "-q", "--no-checkout", ".", clone);
        source.Git("clone", "-q", "--bare", ".", bare);
        TemporaryRepository.RunGit(bare, null, "repack", "-adqf");

        using var one = await source.PackAsync();
        using var two = await source.PackAsync(path: clone);
        using var three = await source.PackAsync(path: bare);
        var (repository, commit) = await source.OpenAsync();
        using var contents = await new RepositorySource(repository, commit).ReadAsync(new ArtifactRequest("app", commit), DigestCache.None(), CancellationToken.None);

        Assert.Equal([one.TarDigest, one.TarDigest], [two.TarDigest, three.TarDigest]);
        Assert.Equal([one.Manifest.Digest, one.Manifest.Digest, one.Manifest.Digest], [two.Manifest.Digest, three.Manifest.Digest, contents.Manifest.Digest]);
        Assert.Equal(Bytes(one), Bytes(two));
    }

    [Fact]
    public async Task The_bytes_are_pinned()
    {
        using var source = new TemporaryRepository();
        source.CommitTree(("100644", "a"u8.ToArray(), "1\n"u8.ToArray()), ("120000", "l"u8.ToArray(), "a"u8.ToArray()), ("100755", Deep(400), "x"u8.ToArray()));

        using var artifact = await source.PackAsync();

        // A change here changes every archive's digest: it needs a new format, not a new number.
        Assert.Equal(Sha256Digest.Parse("1a4334dd8d745c29a62676911ca0b48307336df3e1e567b8b2bbbbc16dc4d459"), artifact.TarDigest);
    }

    [Fact]
    public async Task Only_the_commit_decides()
    {
        using var source = new TemporaryRepository();
        source.Write("kept", "right\n");
        source.Write("hidden", "right\n");
        source.Write(".gitattributes", "* text eol=crlf ident\nignored export-ignore\n*.x filter=shout\nsubst export-subst\n");
        source.Write("ignored", "still here");
        source.Write("subst", "$Format:%H$ $Id$");
        source.Write("f.x", "quiet");
        source.Git("config", "filter.shout.clean", "cat");
        var id = source.Commit();
        using var before = await source.PackAsync();

        source.Git("update-index", "--assume-unchanged", "hidden");
        source.Write("hidden", "WRONG");
        source.Write("kept", "WRONG");
        source.Write("untracked", "WRONG");
        source.Git("config", "filter.shout.smudge", "tr a-z A-Z");
        source.Git("config", "core.autocrlf", "true");
        source.Write("WRONG", "WRONG");
        source.Git("add", "WRONG");
        var wrongTree = source.Git("write-tree");
        var wrong = source.Git("commit-tree", wrongTree, "-m", "wrong");
        source.Git("replace", id, wrong);
        source.Git("replace", source.Git("--no-replace-objects", "rev-parse", $"{id}:kept"), source.Git("hash-object", "-w", "untracked"));
        await File.WriteAllTextAsync(Path.Combine(source.Root, ".git/info/grafts"), $"{id} {wrong}\n");

        using var after = await source.PackAsync(id);

        Assert.Equal(before.TarDigest, after.TarDigest);
        Assert.Equal(before.Manifest.Digest, after.Manifest.Digest);
        var text = Encoding.UTF8.GetString(Bytes(after));
        Assert.Contains("still here", text, StringComparison.Ordinal);
        Assert.Contains("$Format:%H$ $Id$", text, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_attributes_are_honoured_when_asked_for_and_the_manifest_says_so()
    {
        using var source = new TemporaryRepository();
        source.Write(".gitattributes", "ignored export-ignore\nsubst export-subst\n");
        source.Write("ignored", "x");
        source.Write("subst", "$Format:%H$");
        source.Write("dir/" + new string('d', 150) + "/" + new string('e', 150), "long");
        source.Write("run", "x");
        File.CreateSymbolicLink(Path.Combine(source.Root, "link"), new string('t', 120));
        source.Git("add", "-A");
        source.Git("update-index", "--chmod=+x", "run");
        source.Git("commit", "-q", "-m", "x");
        var id = source.Git("rev-parse", "HEAD");

        using var artifact = await source.PackAsync(with: request => request with { ExportAttributes = true });
        using var again = await source.PackAsync(with: request => request with { ExportAttributes = true });

        Assert.True(artifact.Manifest.ExportAttributes);
        Assert.Equal(5, artifact.Manifest.Entries.Count);
        var entries = artifact.Manifest.Entries.ToDictionary(entry => entry.Path.Raw, StringComparer.Ordinal);
        Assert.Equal(Sha256Digest.Of(Encoding.ASCII.GetBytes(id)), entries["subst"].Content);
        Assert.Equal((EntryKind.Executable, EntryKind.Link), (entries["run"].Kind, entries["link"].Kind));
        Assert.Equal(artifact.TarDigest, again.TarDigest);
        await ReadBackAsync(artifact);

        await File.WriteAllTextAsync(Path.Combine(source.Root, ".git/info/attributes"), "run export-ignore\n");
        Assert.Equal(
            SourceCodes.LocalAttributes, await GitRepositoryTests.CodeOf(() => source.PackAsync(with: request => request with { ExportAttributes = true })));
    }

    [Fact]
    public async Task Submodules_and_lfs_pointers_are_refused_by_name_all_of_them()
    {
        using var source = new TemporaryRepository();
        var id = source.Commit();
        for (var i = 0; i < 12; i++)
        {
            source.Git("update-index", "--add", "--cacheinfo", $"160000,{id},sub/{i:d2}");
        }

        source.Git("commit", "-q", "-m", "subs");
        var refusal = await Assert.ThrowsAsync<SourceException>(() => source.PackAsync());
        Assert.Equal(SourceCodes.Submodules, refusal.Code);
        Assert.Contains("12 submodules", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("sub/00, sub/01", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("sub/09 and 2 more.", refusal.Message, StringComparison.Ordinal);

        var pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"u8.ToArray();
        source.CommitTree(("100644", "a"u8.ToArray(), pointer), ("100644", "b"u8.ToArray(), "plain"u8.ToArray()), ("100644", "c"u8.ToArray(), [.. pointer, .. new byte[1000]]), ("100644", "z"u8.ToArray(), pointer));
        refusal = await Assert.ThrowsAsync<SourceException>(() => source.PackAsync());
        Assert.Equal(SourceCodes.LfsPointers, refusal.Code);
        Assert.Contains("2 git-lfs pointers in place of the files themselves: 'a', 'z'.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..", "x")]
    [InlineData(".git", "config")]
    [InlineData("a", ".GIT")]
    [InlineData("git~1", "x")]
    public async Task A_tree_that_could_harm_the_target_is_refused_by_name(string folder, string name)
    {
        using var source = new TemporaryRepository();
        var blob = source.GitWith("x"u8.ToArray(), "hash-object", "-w", "--stdin");
        var inner = RawTree(source, "100644", name, blob);
        var outer = RawTree(source, "40000", folder, inner);
        source.Git("update-ref", "refs/heads/main", source.Git("commit-tree", outer, "-m", "bad"));

        var refusal = await Assert.ThrowsAsync<SourceException>(() => source.PackAsync());

        Assert.Equal(SourceCodes.UnsafePaths, refusal.Code);
        Assert.Contains($"'{folder}/{name}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_without_files_is_refused()
    {
        using var source = new TemporaryRepository();
        source.Commit();

        Assert.Equal(SourceCodes.EmptyTree, await GitRepositoryTests.CodeOf(() => source.PackAsync()));
    }

    [Fact]
    public async Task A_broken_object_is_named_and_nothing_is_left()
    {
        using var source = new TemporaryRepository();
        source.Write("a", "1");
        source.Write("b", "2");
        source.Commit();
        var id = source.Git("rev-parse", "HEAD:b");
        File.Delete(Path.Combine(source.Root, ".git/objects", id[..2], id[2..]));
        var output = Directory.CreateDirectory(Path.Combine(source.Folder, "out")).FullName;

        var refusal = await Assert.ThrowsAsync<SourceException>(() => source.PackAsync(with: request => request with { OutputPath = Path.Combine(output, "x.tar") }));

        Assert.Equal(SourceCodes.ObjectMissing, refusal.Code);
        Assert.Contains($"'b' (object {id})", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(output));
    }

    [Fact]
    public async Task A_cancelled_pack_leaves_the_earlier_output_and_nothing_else()
    {
        using var source = new TemporaryRepository();
        source.CommitTree(("100644", "big"u8.ToArray(), RandomNumberGenerator.GetBytes(40_000_000)), ("100644", "c"u8.ToArray(), [1]));
        var output = Path.Combine(Directory.CreateDirectory(Path.Combine(source.Folder, "out")).FullName, "x.tar");
        await File.WriteAllTextAsync(output, "earlier");
        using var cancel = new CancellationTokenSource();
        var (repository, commit) = await source.OpenAsync();
        var request = new ArtifactRequest("app", commit) { OutputPath = output, Progress = _ => cancel.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ArtifactBuilder.BuildAsync(repository, request, cancel.Token));

        Assert.Equal(output, Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(output)!)));
        Assert.Equal("earlier", await File.ReadAllTextAsync(output, CancellationToken.None));
    }

    [Fact]
    public async Task A_spool_has_no_name_that_a_killed_process_could_leave()
    {
        using var source = new TemporaryRepository();
        source.Write("a", "1");
        source.Commit();
        using var artifact = await source.PackAsync();

        var open = new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(file => file.LinkTarget ?? "").Where(target => target.Contains("/iucutter-", StringComparison.Ordinal) && target.Contains("/spool", StringComparison.Ordinal));

        Assert.All(open, target => Assert.EndsWith(" (deleted)", target, StringComparison.Ordinal));
        Assert.True(Bytes(artifact).Length == artifact.TarSize);
    }

    [Fact]
    public async Task A_hundred_thousand_files_are_packed_each()
    {
        using var source = new TemporaryRepository();
        source.CommitTree(Enumerable.Range(0, 100_000).Select(i => ("100644", Encoding.ASCII.GetBytes($"d{i / 1000:d3}/f{i:d6}"), Encoding.ASCII.GetBytes($"{i}"))));

        using var artifact = await source.PackAsync();

        Assert.Equal(100_000, artifact.Manifest.Entries.Count);
    }

    [Fact]
    public async Task Progress_ends_at_the_whole()
    {
        using var source = new TemporaryRepository();
        source.Write("a", "1");
        source.Commit();
        var last = default(ArtifactProgress);

        using var artifact = await source.PackAsync(with: request => request with { Progress = progress => last = progress });

        Assert.Equal(new ArtifactProgress(1, artifact.TarSize), last);
    }

    [Fact]
    public async Task An_artifact_reads_back_as_its_manifest()
    {
        using var source = new TemporaryRepository();
        source.CommitTree([.. OddNames.Select((name, i) => ("100644", name, Encoding.UTF8.GetBytes($"{i}"))), ("120000", "l"u8.ToArray(), Deep(300)), ("100755", "zz"u8.ToArray(), RandomNumberGenerator.GetBytes(600_000))]);
        using var artifact = await source.PackAsync();

        var contents = await ReadBackAsync(artifact);

        Assert.Equal(artifact.Manifest.Entries, contents.Entries);
        Assert.Equal(artifact.TarSize, contents.TarSize);
        using var other = await source.PackAsync(with: request => request with { Commit = request.Commit with { TimeUnix = 5 } });
        Assert.Equal(SourceCodes.ArtifactDiffers, (await Assert.ThrowsAsync<SourceException>(async () => (await ArtifactReader.ReadAsync(other.OpenTar(), other.TarDigest, null, CancellationToken.None)).MustEqual(artifact.Manifest))).Code);
    }

    [Fact]
    public async Task Any_changed_byte_is_refused_even_with_the_digest_to_match()
    {
        using var source = new TemporaryRepository();
        source.CommitTree(("100644", "a"u8.ToArray(), "1"u8.ToArray()), ("100644", Deep(300), "2"u8.ToArray()), ("120000", "l"u8.ToArray(), "a"u8.ToArray()));
        using var artifact = await source.PackAsync();
        var good = Bytes(artifact);
        for (var i = 0; i < good.Length; i++)
        {
            var bad = good.ToArray();
            bad[i] ^= 1;
            Assert.Equal(SourceCodes.ArtifactDigestMismatch, await Refusal(bad, artifact.TarDigest, artifact.Manifest));
            Assert.True(await Refusal(bad, Sha256Digest.Of(bad), artifact.Manifest) is SourceCodes.ArtifactMalformed or SourceCodes.ArtifactDiffers);
        }

        for (var length = 0; length < good.Length; length += 64)
        {
            Assert.Equal(SourceCodes.ArtifactMalformed, await Refusal(good[..length], Sha256Digest.Of(good.AsSpan(0, length)), artifact.Manifest));
        }

        Assert.Equal(SourceCodes.ArtifactMalformed, await Refusal([.. good, .. new byte[512]], null, artifact.Manifest));
        Assert.Equal(SourceCodes.ArtifactMalformed, await Refusal([.. good, 0], null, artifact.Manifest));
    }

    [Theory]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Directory)]
    [InlineData(TarEntryType.RegularFile)]
    public async Task An_archive_of_another_writer_is_refused(TarEntryType type)
    {
        using var stream = new MemoryStream();
        await using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var entry = new UstarTarEntry(type, "x") { Mode = (UnixFileMode)0b110_110_110 };
            if (type == TarEntryType.HardLink)
            {
                entry.LinkName = "y";
            }

            await writer.WriteEntryAsync(entry);
        }

        Assert.Equal(SourceCodes.ArtifactMalformed, await Refusal(stream.ToArray(), null, null));
    }

    private static async Task<string> Refusal(byte[] bytes, Sha256Digest? digest, Manifest? manifest) =>
        (await Assert.ThrowsAsync<SourceException>(async () =>
        {
            var contents = await ArtifactReader.ReadAsync(new MemoryStream(bytes), digest ?? Sha256Digest.Of(bytes), null, CancellationToken.None);
            contents.MustEqual(manifest!);
        })).Code;

    private static async Task<ArtifactContents> ReadBackAsync(Artifact artifact)
    {
        var contents = await ArtifactReader.ReadAsync(artifact.OpenTar(), artifact.TarDigest, null, CancellationToken.None);
        contents.MustEqual(artifact.Manifest);
        return contents;
    }

    private static byte[] Bytes(Artifact artifact)
    {
        using var copy = new MemoryStream();
        artifact.OpenTar().CopyTo(copy);
        return copy.ToArray();
    }

    private static string RawTree(TemporaryRepository source, string mode, string name, string id) => source.GitWith(
        [.. Encoding.UTF8.GetBytes($"{mode} {name}\0"), .. Convert.FromHexString(id)], "hash-object", "-w", "-t", "tree", "--literally", "--stdin");

    private static byte[] Flat(int length) => Encoding.ASCII.GetBytes(new string((char)('A' + (length % 26)), length));

    private static byte[] Deep(int length)
    {
        var path = string.Concat(Enumerable.Repeat($"dir{length}/", length))[..(length - 1)] + "f";
        return Encoding.ASCII.GetBytes(path.Replace("/f", "ff", StringComparison.Ordinal));
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? errors : $"exit {process.ExitCode}: {errors}";
    }
}
