using System.Text;

namespace IuCutter.Configuration;

/// <summary>What paths in a configuration must look like, so that none means another place than it says.</summary>
internal static class PathRules
{
    private const int LongestPath = 4095;
    private const int LongestComponent = 255;

    /// <summary>The end of a sentence that begins with the path; null when it is fine.</summary>
    public static string? AbsoluteRefusal(string path)
    {
        if (!path.StartsWith('/'))
        {
            return "is not absolute; wanted /path";
        }

        return path is "/" ? "is the root directory; wanted something in it" : ComponentsRefusal(path, path.AsSpan(1));
    }

    public static string? RelativeRefusal(string path)
    {
        if (path.Length == 0)
        {
            return "is empty; wanted a path inside the release";
        }

        return path[0] == '/' ? "is absolute; wanted a path inside the release" : ComponentsRefusal(path, path);
    }

    private static string? ComponentsRefusal(string path, ReadOnlySpan<char> components)
    {
        if (path.AsSpan().ContainsAnyInRange('\0', '\x1F') || Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            return $"holds a control character or more than {LongestPath} bytes";
        }

        foreach (var range in components.Split('/'))
        {
            var component = components[range];
            if (component is "" or "." or "..")
            {
                return "holds an empty component, . or ..; wanted a plain path without a slash at its end";
            }

            if (Encoding.UTF8.GetByteCount(component) > LongestComponent)
            {
                return $"holds a component of more than {LongestComponent} bytes";
            }
        }

        return null;
    }
}
