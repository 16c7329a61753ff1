using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>What a module is called in messages.</summary>
internal static class ModuleName
{
    /// <summary>Its <c>GetName()</c>, which for a module of TorchScript would read the memory of another kind of object.</summary>
    public static string Of(nn.Module module) => module is jit.ScriptModule ? module.GetType().Name.Split('`')[0] : module.GetName();
}
