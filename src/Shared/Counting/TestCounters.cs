namespace IuCutter.Counting;

/// <summary>Makes the counter for a framework.</summary>
public static class TestCounters
{
    /// <param name="framework">Null: guessed from the output itself.</param>
    public static TestCounter Create(TestFramework? framework) => framework is { } named ? Create(named) : new GuessingCounter();

    /// <exception cref="ArgumentException">JUnit: it is a file, which <see cref="JunitReport"/> reads.</exception>
    public static TestCounter Create(TestFramework framework) => framework switch
    {
        TestFramework.Unittest => new UnittestCounter(),
        TestFramework.Pytest => new PytestCounter(),
        TestFramework.Dotnet => new DotnetCounter(),
        TestFramework.Node => new NodeCounter(),
        TestFramework.Go => new GoCounter(),
        TestFramework.Cargo => new CargoCounter(),
        TestFramework.Tap => new TapCounter(),
        TestFramework.Junit => throw new ArgumentException("A JUnit report is a file, not output; read it with JunitReport.", nameof(framework)),
    };
}
