namespace PaperCurves.Experiments;

/// <summary>The two things that are compared.</summary>
public enum Arm
{
    /// <summary>Plain i.i.d. pre-training.</summary>
    None,

    /// <summary>I.i.d. pre-training with zapping.</summary>
    Zap,
}

/// <summary>How arms are written.</summary>
public static class ArmNames
{
    /// <summary>As in files: "none" or "zap", the words of the published tables.</summary>
    public static string Key(this Arm arm) => arm == Arm.Zap ? "zap" : "none";

    /// <summary>The arm of a key.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Arm Parse(string key) => Enum.GetValues<Arm>().Single(arm => arm.Key() == key);

    /// <summary>As people read it.</summary>
    public static string Title(this Arm arm) => arm == Arm.Zap ? "with zapping" : "without zapping";
}
