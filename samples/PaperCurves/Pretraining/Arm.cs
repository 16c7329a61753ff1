namespace PaperCurves.Pretraining;

/// <summary>What is compared: pre-training by one method and on the same images, with different resets of the classifier.</summary>
public enum Arm
{
    /// <summary>No reset.</summary>
    None,

    /// <summary>The published resets.</summary>
    Zap,

    /// <summary>The resets of <see cref="Zapping.Training.ZapOptions.Recommended"/>.</summary>
    Recommended,
}

/// <summary>How arms are written.</summary>
public static class ArmNames
{
    /// <summary>As in files: "none" and "zap", the words of the published tables, and "recommended".</summary>
    public static string Key(this Arm arm) => arm switch
    {
        Arm.None => "none",
        Arm.Zap => "zap",
        _ => "recommended",
    };

    /// <summary>The arm of a key.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Arm Parse(string key) => Enum.GetValues<Arm>().Single(arm => arm.Key() == key);

    /// <summary>As people read it.</summary>
    public static string Title(this Arm arm) => $"{arm.ShortTitle()} zapping";

    /// <summary>The same where it is clear that zapping is meant.</summary>
    public static string ShortTitle(this Arm arm) => arm switch
    {
        Arm.None => "without",
        Arm.Zap => "published",
        _ => "recommended",
    };

    /// <summary>As part of a sentence.</summary>
    public static string Noun(this Arm arm) => arm == Arm.None ? "no zapping" : arm.Title();
}
