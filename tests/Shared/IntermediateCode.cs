using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Zapping.Training.Tests.Shared;

/// <summary>Reads a method's compiled code, one instruction after the other.</summary>
internal static class IntermediateCode
{
    private const byte TwoBytes = 0xFE; // the first byte of the instructions whose code has two

    private static readonly Dictionary<short, OpCode> Instructions = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(instruction => instruction.Value);

    /// <summary>The metadata tokens of all methods that it calls, creates objects with, or makes delegates of.</summary>
    public static IEnumerable<int> MethodTokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var instruction = Instructions[code[at] == TwoBytes ? BinaryPrimitives.ReadInt16BigEndian(code.AsSpan(at)) : code[at]];
            at += instruction.Size;
            if (instruction.OperandType == OperandType.InlineMethod)
            {
                yield return BitConverter.ToInt32(code, at);
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
