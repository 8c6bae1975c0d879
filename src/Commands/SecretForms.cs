using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace IuCutter.Commands;

/// <summary>How programs write a value when they quote it: by itself, as it is, and as JSON, an address, base64 or hex would hold it.</summary>
internal static class SecretForms
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    public static IEnumerable<string> Of(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var base64 = Convert.ToBase64String(bytes);
        var addressed = base64.Replace('+', '-').Replace('/', '_');
        string[] json = [Json(value, asciiOnly: false), Json(value, asciiOnly: true), JsonEncodedText.Encode(value).ToString()];
        return
        [
            value,
            .. json,
            .. json.Select(j => j.Replace("/", @"\/", StringComparison.Ordinal)),

            // What browsers, form senders and Python's quote() leave as it is.
            .. Percent(bytes, ""), .. Percent(bytes, "!'()*"), .. Percent(bytes, "/"), .. Percent(bytes, "!'()*;/?:@&=+$,#"),
            WebUtility.UrlEncode(value), .. Percent(bytes, " ").Select(p => p.Replace(' ', '+')),
            base64, base64.TrimEnd('='), addressed, addressed.TrimEnd('='),
            Convert.ToHexStringLower(bytes), Convert.ToHexString(bytes),
        ];
    }

    private static string Json(string value, bool asciiOnly)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => escaped.Append('\\').Append(c),
                '\n' => escaped.Append(@"\n"),
                '\r' => escaped.Append(@"\r"),
                '\t' => escaped.Append(@"\t"),
                '\b' => escaped.Append(@"\b"),
                '\f' => escaped.Append(@"\f"),
                _ when c < ' ' || (asciiOnly && c > '~') => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    private static IEnumerable<string> Percent(byte[] bytes, string kept) => ((string[])["X2", "x2"]).Select(hex => string.Concat(
        bytes.Select(b => b < 0x80 && (Unreserved.Contains((char)b, StringComparison.Ordinal) || kept.Contains((char)b, StringComparison.Ordinal))
            ? ((char)b).ToString()
            : "%" + b.ToString(hex, CultureInfo.InvariantCulture))));
}
