using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Payloads that set out, or happen, to look good and are not. Each is pushed for real; none may pass, and none may leave a trace.</summary>
public sealed class FalsePassTests(FalsePassTests.OneScene one) : IClassFixture<FalsePassTests.OneScene>
{
    private const string Tap = "test:\n  - { run: [sh, test.sh], counts: tap, timeout: 20s }\n";
    private const string Smoke = "smoke:\n  - { run: [sh, smoke.sh], expect: { contains: [smoke fine], absent: [Traceback, ERROR] } }\n";

    /// <summary>Name, configuration, test.sh, smoke.sh, the gate that must stop it.</summary>
    public static TheoryData<string, string, string, string, GateId> Ways => new()
    {
        // Tests.
        { "zero tests planned", Tap + Smoke, "echo 1..0", Good, GateId.G5 },
        { "no summary at all", Tap + Smoke, "echo all is well", Good, GateId.G5 },
        { "a whole summary, but exit code 1", Tap + Smoke, "echo 1..1; echo ok 1; exit 1", Good, GateId.G5 },
        { "366 passed in words, and exit code 0", Tap + Smoke, "echo '366 passed'", Good, GateId.G5 },
        { "a failed test, and exit code 0", Tap + Smoke, "echo 1..2; echo ok 1; echo not ok 2; exit 0", Good, GateId.G5 },
        { "every test skipped", Tap + Smoke, "echo 1..2; echo 'ok 1 # SKIP no'; echo 'ok 2 # SKIP no'", Good, GateId.G5 },
        { "every failure marked todo", Tap + Smoke, "echo 1..1; echo 'not ok 1 # TODO later'", Good, GateId.G5 },
        { "fewer tests than planned", Tap + Smoke, "echo 1..5; echo ok 1; echo ok 2", Good, GateId.G5 },
        { "a run that bails out", Tap + Smoke, "echo 1..2; echo ok 1; echo 'Bail out!'; exit 0", Good, GateId.G5 },
        { "fewer tests than the minimum", "test:\n  - { run: [sh, test.sh], counts: tap, minimum: 366 }\n" + Smoke, "echo 1..1; echo ok 1", Good, GateId.G5 },
        { "unittest that ran nothing", "test:\n  - { run: [sh, test.sh], counts: unittest }\n" + Smoke, "printf -- '%70s\\nRan 0 tests in 0.000s\\n\\nOK\\n' | tr ' ' -", Good, GateId.G5 },
        { "pytest with errors beside passes", "test:\n  - { run: [sh, test.sh], counts: pytest }\n" + Smoke, "echo '=== 5 passed, 2 errors in 0.10s ==='", Good, GateId.G5 },
        { "pytest that collected nothing", "test:\n  - { run: [sh, test.sh], counts: pytest }\n" + Smoke, "echo '=== no tests ran in 0.01s ==='", Good, GateId.G5 },
        { "go output without a line that counts", "test:\n  - { run: [sh, test.sh], counts: go }\n" + Smoke, "echo 'ok  example.org/x 0.1s'", Good, GateId.G5 },
        { "a junit report that the commit brings along", "test:\n  - { run: [sh, test.sh], report: app.txt }\n" + Smoke, "echo done", Good, GateId.G5 },
        { "a run that ends itself by a signal after its summary", Tap + Smoke, "echo 1..1; echo ok 1; kill -9 $$", Good, GateId.G5 },
        { "a run that outlives its time limit after its summary", "test:\n  - { run: [sh, test.sh], counts: tap, timeout: 1s }\n" + Smoke, "echo 1..1; echo ok 1; sleep 30", Good, GateId.G5 },
        { "a count behind more output than is kept", Tap + Smoke, "head -c 70000000 /dev/zero | tr '\\0' x; echo; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a count from another framework than is named", "test:\n  - { run: [sh, test.sh], counts: cargo }\n" + Smoke, "echo 1..1; echo ok 1", Good, GateId.G5 },

        // What the commands do to the release.
        { "a test that changes a released file", Tap + Smoke, "echo more >> app.txt; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a test that changes a released file and nothing of its size", Tap + Smoke, "echo 'version 9' > app.txt; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a test that removes a released file", Tap + Smoke, "rm app.txt; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a test that makes a released file executable", Tap + Smoke, "chmod 755 app.txt; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a test that turns a link elsewhere", Tap + Smoke, "ln -sfn smoke.sh current.txt; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a test that puts a link in a file's place", Tap + Smoke, "mv app.txt kept; ln -s kept app.txt; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a test that writes the smoke anew", Tap + Smoke, "echo echo smoke fine > smoke.sh; echo 1..1; echo ok 1", "exit 1", GateId.G5 },
        { "a smoke that changes a released file", Tap + Smoke, GoodTest, "echo more >> app.txt; echo smoke fine", GateId.G6 },
        { "a smoke that changes a released file where nothing ran before it", "test: []\n" + Smoke, GoodTest, "echo more >> app.txt; echo smoke fine", GateId.G6 },

        // What the commands leave beside it.
        { "a smoke that leaves a program which runs as its owner", Tap + Smoke, GoodTest, "cp /usr/bin/id mine; chmod 4755 mine; echo smoke fine", GateId.G6 },
        { "a test that leaves such a program deep in a folder", Tap + Smoke, "mkdir -p a/b/c; cp /usr/bin/id a/b/c/mine; chmod 2755 a/b/c/mine; echo 1..1; echo ok 1", Good, GateId.G5 },
        { "a smoke that leaves a folder which everybody may write to", Tap + Smoke, GoodTest, "mkdir open; chmod 777 open; echo smoke fine", GateId.G6 },
        { "a smoke that leaves folders too deep to be looked at", Tap + Smoke, GoodTest, "for i in $(seq 2100); do mkdir d; cd d; done; echo smoke fine", GateId.G6 },

        // Smoke.
        { "a smoke that says fine and exits with 1", Tap + Smoke, GoodTest, "echo smoke fine; exit 1", GateId.G6 },
        { "a smoke that exits with 0 and says nothing", Tap + Smoke, GoodTest, "true", GateId.G6 },
        { "a smoke that says fine after a traceback", Tap + Smoke, GoodTest, "echo Traceback; echo smoke fine", GateId.G6 },
        { "a smoke that writes its error to the other stream", Tap + Smoke, GoodTest, "echo ERROR >&2; echo smoke fine", GateId.G6 },
        { "a smoke whose error stands behind a flood", Tap + Smoke, GoodTest, "echo smoke fine; head -c 70000000 /dev/zero | tr '\\0' x; echo ERROR", GateId.G6 },
        { "a smoke that a signal ends", Tap + Smoke, GoodTest, "echo smoke fine; kill -TERM $$", GateId.G6 },
        { "a smoke that another part was to be", Tap + "smoke: []\n" + "compile: { run: [\"false\"] }\n", GoodTest, Good, GateId.G5 },

        // Compile, import, assertions.
        { "a compile that fails", Tap + Smoke + "compile: { run: [sh, -c, \"exit 2\"] }\n", GoodTest, Good, GateId.G5 },
        { "an import that fails", Tap + Smoke + "import: { run: [sh, -c, \"exit 2\"] }\n", GoodTest, Good, GateId.G5 },
        { "another version than is claimed", Tap + Smoke + "assert: [{ version: { run: [echo, 0.5.9] }, equals: 0.6.0 }]\n", GoodTest, Good, GateId.G5 },
        { "a version that is only part of the answer", Tap + Smoke + "assert: [{ version: { run: [echo, 0.6.01] }, equals: 0.6.0 }]\n", GoodTest, Good, GateId.G5 },
        { "a version from a command that failed", Tap + Smoke + "assert: [{ version: { run: [sh, -c, \"echo 0.6.0; exit 1\"] }, equals: 0.6.0 }]\n", GoodTest, Good, GateId.G5 },
        { "an absent text in a file that is not there", Tap + Smoke + "assert: [{ file: gone.py, absent_text: debug }]\n", GoodTest, Good, GateId.G5 },
        { "an absent text in a folder", Tap + Smoke + "assert: [{ file: lib, absent_text: debug }]\n", GoodTest, Good, GateId.G5 },
        { "a switch that is on", Tap + Smoke + "assert: [{ switch_off: { file: app.txt, matches: \"enabled: false\" } }]\n", GoodTest, Good, GateId.G5 },
        { "a switch command that says off and fails", Tap + Smoke + "assert: [{ switch_off: { run: [sh, -c, \"echo off; exit 1\"], prints: off } }]\n", GoodTest, Good, GateId.G5 },
        { "a live mode that was refused for another reason", Tap + Smoke + "assert: [{ refused: { run: [sh, -c, \"echo no database; exit 3\"], exit: 3, says: switch is off } }]\n", GoodTest, Good, GateId.G5 },
        { "a live mode that says refused and exits with 0", Tap + Smoke + "assert: [{ refused: { run: [echo, switch is off], says: switch is off } }]\n", GoodTest, Good, GateId.G5 },
        { "a live mode that hung until its limit", Tap + Smoke + "assert: [{ refused: { run: [sh, -c, \"echo switch is off; sleep 30\"], timeout: 1s, says: switch is off } }]\n", GoodTest, Good, GateId.G5 },
        { "a live mode that was ended by a signal", Tap + Smoke + "assert: [{ refused: { run: [sh, -c, \"echo switch is off; kill -9 $$\"], says: switch is off } }]\n", GoodTest, Good, GateId.G5 },

        // What the target lacks.
        { "a program that the target has not", "test:\n  - { run: [no-such-runner], counts: tap }\n" + Smoke, GoodTest, Good, GateId.G3 },
        { "a stronger fence than the host gives", "test:\n  - { run: [sh, test.sh], counts: tap, sandbox: t4 }\n" + Smoke, GoodTest, Good, GateId.G3 },
        { "a guard that does not hold", Tap + Smoke + "guards: [{ host: another-host }]\n", GoodTest, Good, GateId.G3 },
        { "an anchor of another digest than is expected", Tap + Smoke + "anchors: [{ path: /etc/hostname, expect: 0000000000000000000000000000000000000000000000000000000000000000 }]\n", GoodTest, Good, GateId.G3 },
    };

    private static string Good => "echo smoke fine";

    private static string GoodTest => "echo 1..1; echo ok 1";

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task None_of_these_passes(string way, string yaml, string test, string smoke, GateId stops)
    {
        var scene = one.Scene;
        var picture = scene.Picture();
        scene.Payload.Write("iucutter.yaml", "name: app\n" + yaml);
        scene.Payload.Write("test.sh", test);
        scene.Payload.Write("smoke.sh", smoke);
        await scene.Payload.CommitAsync(way);

        (await scene.PushAsync("--no-source-tests")).Exits(3);

        var last = scene.Ledger[^1].Operation;
        var closed = scene.Ledger.Where(e => e.Operation == last).Select(e => e.Event).OfType<LedgerEvent.GateClosed>().ToList();
        Assert.Equal(stops, closed.First(g => g.Outcome is not (Outcome.Pass or Outcome.Partial)).Gate);
        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
        Assert.Equal(picture, scene.Picture());
    }

    public sealed class OneScene : IAsyncLifetime
    {
        internal Scene Scene { get; private set; } = null!;

        public async Task InitializeAsync() => Scene = await Scene.OpenAsync();

        public async Task DisposeAsync() => await Scene.DisposeAsync();
    }
}
