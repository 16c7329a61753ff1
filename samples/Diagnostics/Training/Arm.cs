namespace Diagnostics.Training;

/// <summary>What is compared.</summary>
internal enum Arm
{
    /// <summary>Nothing is reset.</summary>
    Without,

    /// <summary>The last layer is reset whenever a task begins, but for the first.</summary>
    With,
}

internal static class ArmNames
{
    public static string Title(this Arm arm) => arm == Arm.With ? "with zapping" : "without zapping";
}
