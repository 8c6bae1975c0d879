namespace IuCutter.Packager;

internal static class Program
{
    private static int Main() => 0;
}
