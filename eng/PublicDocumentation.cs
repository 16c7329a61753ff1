// Compiled by MSBuild as an inline task (.NET Standard 2.0) when a project is packed.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Zapping.Training.Build;

/// <summary>
/// Copies the compiler's documentation without the members that nobody outside can name. What is public stands in PublicAPI.*.txt, which an analyzer holds
/// to the code.
/// </summary>
public sealed class ZappingPublicDocumentation : Task
{
    /// <summary>PublicAPI.Shipped.txt and PublicAPI.Unshipped.txt.</summary>
    [Required]
    public string[] Api { get; set; }

    /// <summary>What the compiler wrote.</summary>
    [Required]
    public string Documentation { get; set; }

    /// <summary>The file to write.</summary>
    [Required]
    public string Copy { get; set; }

    public override bool Execute()
    {
        var names = new HashSet<string>(Api.SelectMany(File.ReadAllLines).Select(NameInApi), StringComparer.Ordinal);
        var document = XDocument.Load(Documentation);
        document.Descendants("member").Where(member => !names.Contains(NameInDocumentation(member.Attribute("name").Value))).Remove();
        Directory.CreateDirectory(Path.GetDirectoryName(Copy));
        document.Save(Copy);
        return true;
    }

    // static N.Type<T>.Member<U>(int argument) -> void;  N.Type.Property.get -> int;  const N.Type.Name = 1 -> int;  static N.Type.operator ==(...
    private static string NameInApi(string line)
    {
        var name = Regex.Replace(line.TrimStart('~'), @"(?<! )<(?:[^<>]|<[^<>]*>)*>", "");
        name = Regex.Replace(name, @"\(.*| ->.*| = .*|\[.*", "");
        name = Regex.Replace(name, @"\.((implicit|explicit) )?operator .*", ".op");
        name = Regex.Replace(name, @"\.(get|set|init|add|remove)$", "");
        return Regex.Replace(name, @"\.this$", ".Item").Split(' ').Last();
    }

    // M:N.Type`1.Member``1(System.Int32)
    private static string NameInDocumentation(string id)
    {
        var name = Regex.Replace(id.Substring(2), @"[(~].*|`+\d+", "");
        name = Regex.Replace(name, @"\.op_\w+$", ".op");
        return Regex.Replace(name, @"\.(\w+)\.#ctor$", ".$1.$1");
    }
}
