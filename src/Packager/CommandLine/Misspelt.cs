using System.CommandLine;
using IuCutter.Configuration;

namespace IuCutter.Packager.CommandLine;

/// <summary>Finds what was probably meant by a word that the command line does not know.</summary>
internal static class Misspelt
{
    /// <summary>The nearest option of the command, or its nearest subcommand for a word without dashes; null when none is near.</summary>
    public static string? Meant(string word, Command command)
    {
        if (!word.StartsWith('-'))
        {
            return NearestWord.Of(word, command.Subcommands.Select(verb => verb.Name));
        }

        // The search spells dashes as underscores, as iucutter.yaml's keys do.
        return NearestWord.Of(word.TrimStart('-'), command.Options.Select(option => option.Name.TrimStart('-').Replace('-', '_'))) is { } near
            ? "--" + near.Replace('_', '-')
            : null;
    }
}
