using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using Xunit;

namespace Zapping.Training.Tests.Shared;

/// <summary>
/// What a test class calls, itself and by whatever code of this repository it reaches, that tests in parallel to it would disturb or
/// would be disturbed by.
/// </summary>
internal static class ProcessWideCalls
{
    // Looked at by a test, they show what other tests do meanwhile. The library's own looks (a checkpoint has the state of the global
    // generator) disturb nobody.
    private static readonly HashSet<(Type, string)> Looks =
    [
        .. Methods(
            typeof(torch), nameof(torch.manual_seed), nameof(torch.seed), nameof(torch.initial_seed), nameof(torch.get_rng_state), nameof(torch.set_rng_state)),
        .. Methods(
            typeof(torch.random), nameof(torch.random.manual_seed), nameof(torch.random.seed), nameof(torch.random.initial_seed),
            nameof(torch.random.get_rng_state), nameof(torch.random.set_rng_state)),
        .. Methods(typeof(torch.cuda), nameof(torch.cuda.manual_seed), nameof(torch.cuda.manual_seed_all)),
        .. Methods(typeof(torch.Tensor), "get_" + nameof(torch.Tensor.TotalCount), "get_" + nameof(torch.Tensor.PeakCount)),
        .. Methods(
            typeof(GC), nameof(GC.GetTotalMemory), nameof(GC.GetTotalAllocatedBytes), nameof(GC.CollectionCount), nameof(GC.GetGCMemoryInfo)),
        .. Methods(
            typeof(Process), "get_" + nameof(Process.WorkingSet64), "get_" + nameof(Process.PeakWorkingSet64), "get_" + nameof(Process.PrivateMemorySize64)),
        .. Methods(typeof(Environment), "get_" + nameof(Environment.WorkingSet)),
        .. Methods(typeof(MeterListener), ConstructorInfo.ConstructorName),
        .. Methods(typeof(ActivitySource), nameof(ActivitySource.AddActivityListener)),
        .. Methods(
            typeof(AppDomain), "add_" + nameof(AppDomain.FirstChanceException), "add_" + nameof(AppDomain.UnhandledException)),
        .. Methods(typeof(TaskScheduler), "add_" + nameof(TaskScheduler.UnobservedTaskException)),
    ];

    private static readonly HashSet<(Type, string)> Changes =
    [
        .. Methods(
            typeof(torch), nameof(torch.set_num_threads), nameof(torch.set_num_interop_threads), nameof(torch.set_default_dtype),
            nameof(torch.set_default_device)),
        .. Methods(typeof(AppContext), nameof(AppContext.SetSwitch), nameof(AppContext.SetData)),
        .. Methods(typeof(AppDomain), nameof(AppDomain.SetData)),
        .. Methods(
            typeof(Environment), nameof(Environment.SetEnvironmentVariable), "set_" + nameof(Environment.CurrentDirectory),
            "set_" + nameof(Environment.ExitCode)),
        .. Methods(typeof(Directory), nameof(Directory.SetCurrentDirectory)),
        .. Methods(
            typeof(CultureInfo), "set_" + nameof(CultureInfo.CurrentCulture), "set_" + nameof(CultureInfo.CurrentUICulture),
            "set_" + nameof(CultureInfo.DefaultThreadCurrentCulture), "set_" + nameof(CultureInfo.DefaultThreadCurrentUICulture)),
        .. Methods(
            typeof(Console), nameof(Console.SetOut), nameof(Console.SetError), nameof(Console.SetIn), "set_" + nameof(Console.OutputEncoding)),
        .. Methods(typeof(ThreadPool), nameof(ThreadPool.SetMinThreads), nameof(ThreadPool.SetMaxThreads)),
        .. Methods(typeof(Trace), "get_" + nameof(Trace.Listeners)),
    ];

    // Most classes reach the same code.
    private static readonly Dictionary<MethodBase, IReadOnlyList<MethodBase>> KnownCalls = [];

    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Each such call, with the method that has it.</summary>
    public static IReadOnlyCollection<string> Of(Type testClass)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var reached = new HashSet<MethodBase>();
        var open = new Stack<MethodBase>();
        foreach (var type in Bases(testClass).SelectMany(type => Fixtures(type).Prepend(type)))
        {
            ReachAll(Members(type));
        }

        while (open.TryPop(out var method))
        {
            foreach (var called in Calls(method))
            {
                var key = (Definition(called.DeclaringType) ?? typeof(void), called.Name);
                if (Changes.Contains(key) || (Looks.Contains(key) && method.Module.Assembly == testClass.Assembly))
                {
                    found.Add($"{key.Item1.Name}.{called.Name} in {Definition(method.DeclaringType)!.Name}.{method.Name}");
                }

                Reach(called);
            }
        }

        return found;

        void Reach(MethodBase method)
        {
            if (method.DeclaringType is { IsArray: true })
            {
                return; // no code
            }

            var definition = OfDefinition(method);
            if (!IsOurs(definition, testClass.Assembly) || !reached.Add(definition))
            {
                return;
            }

            open.Push(definition);
            if (definition.GetCustomAttribute<StateMachineAttribute>() is { } machine)
            {
                ReachAll(Members(machine.StateMachineType));
            }

            // Whoever has an object may call what it overrides or implements, by another type's name.
            if (definition is ConstructorInfo)
            {
                ReachAll(Members(definition.DeclaringType!).Where(member => member.IsVirtual));
            }
        }

        void ReachAll(IEnumerable<MethodBase> methods)
        {
            foreach (var method in methods)
            {
                Reach(method);
            }
        }
    }

    private static IEnumerable<(Type, string)> Methods(Type type, params string[] names) => names.Select(name =>
        type.GetMember(name, Declared).Length > 0 ? (type, name) : throw new MissingMemberException(type.FullName, name));

    private static IEnumerable<Type> Bases(Type type)
    {
        for (var some = type; some is not null && some.Assembly == type.Assembly; some = Definition(some.BaseType))
        {
            yield return some;
        }
    }

    private static IEnumerable<Type> Fixtures(Type type) => type.GetInterfaces()
        .Where(some => some.IsGenericType && some.GetGenericTypeDefinition() == typeof(IClassFixture<>))
        .Select(some => Definition(some.GetGenericArguments()[0])!);

    private static IEnumerable<MethodBase> Members(Type type) => type.GetMembers(Declared).OfType<MethodBase>();

    private static Type? Definition(Type? type) => type is { IsConstructedGenericType: true } ? type.GetGenericTypeDefinition() : type;

    // Generic code is read once, as it is written.
    private static MethodBase OfDefinition(MethodBase method) => method.Module.ResolveMethod(method.MetadataToken)!;

    private static bool IsOurs(MethodBase method, Assembly ours) => method.Module.Assembly == ours || Company(method.Module.Assembly) == Company(ours);

    private static string? Company(Assembly assembly) => assembly.GetCustomAttribute<AssemblyCompanyAttribute>()?.Company;

    private static IReadOnlyList<MethodBase> Calls(MethodBase method)
    {
        if (!KnownCalls.TryGetValue(method, out var calls))
        {
            var ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
            var ofMethod = method is { IsGenericMethod: true } ? method.GetGenericArguments() : null;
            var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
            calls = [.. IntermediateCode.MethodTokens(code).Select(token => method.Module.ResolveMethod(token, ofType, ofMethod)!)];
            KnownCalls.Add(method, calls);
        }

        return calls;
    }
}
