using FluentAssertions;
using Microsoft.Extensions.Logging;
using Xunit;
using Zapping.Training.Native;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Tests.Telemetry;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Native;

/// <summary>The decisions, on machines that are made up, and what they come to on this one.</summary>
[Collection(AloneCollection.Name)] // oneDNN's switch and the AppContext's are the process's
public sealed class ConvolutionGuardTests
{
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Doubtful = new(StringComparer.Ordinal)
    {
        ["conv2d 20 -> 50"] = () => Sequential(Conv2d(20, 50, 5)),
        ["layer 'body' is a conv2d 16 -> 8"] = () => Sequential(("body", Conv2d(16, 8, 3))),
        ["conv2d 12 -> 16"] = () => Sequential(Conv2d(12, 16, 3)),
        ["groups 16"] = () => Sequential(Conv2d(16, 16, 3, groups: 16)),
        ["conv_transpose2d 16 -> 16"] = () => Sequential(ConvTranspose2d(16, 16, 3)),
        ["BFloat16"] = () => Sequential(Conv2d(16, 16, 3, dtype: ScalarType.BFloat16)),
        ["Sequential has no convolution"] = () => Sequential(Linear(4, 4)),
        ["'kernel' [8, 8, 3, 3]"] = () => new OwnConvolution(),
        ["is an LSTM"] = () => new Recurrent(),
    };

    private readonly FakeOneDnn _oneDnn = new();

    public static TheoryData<string> Reasons() => [.. Doubtful.Keys];

    [Fact]
    public void Where_convolutions_are_right_nothing_is_switched()
    {
        using var model = Conv2d(20, 50, 5);
        var guard = Guardian(_ => false);

        guard.Status.State.Should().Be(ConvolutionGuardState.NotChecked);
        guard.Protect(model).Should().BeEquivalentTo(new { State = ConvolutionGuardState.Right, IsAffected = false });
        guard.Protect(null).State.Should().Be(ConvolutionGuardState.Right);
        _oneDnn.IsOneDnnEnabled.Should().BeTrue();
        _oneDnn.IsQuiet.Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void On_an_affected_machine_a_model_that_may_be_wrong_switches_oneDNN_off_for_good(string reason)
    {
        using var model = Doubtful[reason]();
        using var whole = Sequential(Conv2d(1, 16, 3), Conv2d(16, 32, 3));
        var guard = Guardian(_ => _oneDnn.IsOneDnnEnabled!.Value, onlyTails: true);

        guard.Protect(whole).State.Should().Be(ConvolutionGuardState.RightForModels);
        var status = guard.Protect(model);

        status.State.Should().Be(ConvolutionGuardState.OneDnnOff);
        status.IsAffected.Should().BeTrue();
        status.Message.Should().Contain(reason);
        _oneDnn.IsOneDnnEnabled.Should().BeFalse();
        guard.Protect(whole).State.Should().Be(ConvolutionGuardState.OneDnnOff, "another model may still be in use");
    }

    [Fact]
    public void A_model_of_whole_blocks_keeps_oneDNN_if_each_of_its_shapes_proves_right()
    {
        using var right = Sequential(Conv2d(3, 32, 7, stride: 2), BatchNorm2d(32), Conv2d(32, 48, 3), Linear(48, 5));
        using var wrong = Sequential(Conv2d(1, 64, 3));
        var guard = Guardian(shape => _oneDnn.IsOneDnnEnabled!.Value && shape.Out is not (32 or 48));

        guard.Protect(right).State.Should().Be(ConvolutionGuardState.RightForModels);
        guard.Protect((Module)right[3]).State.Should().Be(ConvolutionGuardState.RightForModels, "a part of a model that is known is known");
        _oneDnn.IsOneDnnEnabled.Should().BeTrue();
        guard.Protect(wrong).State.Should().Be(ConvolutionGuardState.OneDnnOff, "this machine has a fault of its own");
    }

    [Fact]
    public void Layers_that_other_code_computes_do_not_count()
    {
        using var model = Sequential(Conv2d(1, 16, 3), Conv2d(16, 20, 3, dtype: ScalarType.Float64));
        Guardian(_ => _oneDnn.IsOneDnnEnabled!.Value, onlyTails: true).Protect(model).State.Should().Be(ConvolutionGuardState.RightForModels);
    }

    [Fact]
    public void A_model_that_is_not_on_the_CPU_decides_nothing_and_the_machine_is_looked_at_once()
    {
        using var elsewhere = Sequential(Conv2d(20, 50, 5, device: new Device(TorchSharp.DeviceType.META)));
        var looks = 0;
        var guard = Guardian(_ => looks++ >= 0);

        guard.Protect(elsewhere).Should().BeEquivalentTo(new { State = ConvolutionGuardState.NotChecked, IsAffected = true });
        var before = looks;
        guard.Protect(elsewhere);
        looks.Should().BePositive().And.Be(before);
        _oneDnn.IsOneDnnEnabled.Should().BeTrue();
    }

    [Fact]
    public void What_cannot_be_switched_is_said()
    {
        using var model = Conv2d(20, 50, 5);
        var withoutSwitch = new ConvolutionGuardian(ConvolutionGuardMode.Auto, null, Probe(_ => true)).Protect(model);
        var inVain = Guardian(_ => true).Protect(model);

        foreach (var status in new[] { withoutSwitch, inVain })
        {
            status.State.Should().Be(ConvolutionGuardState.Wrong);
            status.Message.Should().Contain("multiples of 16").And.Contain("NaN");
        }
    }

    [Fact]
    public void Turned_off_it_looks_at_nothing_and_forced_it_does_not_look()
    {
        var off = new ConvolutionGuardian(ConvolutionGuardMode.Off, _oneDnn, Probe(_ => throw new InvalidOperationException("asked")));
        off.Protect(null).State.Should().Be(ConvolutionGuardState.TurnedOff);
        (_oneDnn.IsOneDnnEnabled, _oneDnn.IsQuiet).Should().Be((true, false));

        var forced = new ConvolutionGuardian(ConvolutionGuardMode.Force, _oneDnn, Probe(_ => throw new InvalidOperationException("asked")));
        forced.Protect(null).Should().BeEquivalentTo(new { State = ConvolutionGuardState.OneDnnOff, IsAffected = (bool?)null });
        _oneDnn.IsOneDnnEnabled.Should().BeFalse();
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(null, false, 1)]
    [InlineData(null, true, 2)]
    [InlineData("auto", false, 0)]
    [InlineData("off", true, 1)]
    [InlineData("force", false, 2)]
    public void The_variable_takes_precedence_over_the_switch(string? variable, bool? @switch, int mode) =>
        ConvolutionGuard.Mode(variable, @switch).Should().Be((ConvolutionGuardMode)mode);

    [Fact]
    public void A_word_that_the_variable_does_not_have_is_refused() =>
        FluentActions.Invoking(() => ConvolutionGuard.Mode("no", null)).Should().Throw<InvalidOperationException>().WithMessage("*ZAPPING_CONVOLUTION_GUARD*'no'*off, auto or force*");

    [Fact]
    public void The_switch_reaches_libtorch()
    {
        var context = LibTorchContext.Find();
        Assert.SkipWhen(context?.IsOneDnnEnabled is null, "this libtorch exports no such switch");
        var before = context!.IsOneDnnEnabled!.Value;
        try
        {
            foreach (var value in new[] { false, true, false })
            {
                context.TryEnableOneDnn(value).Should().BeTrue();
                LibTorchContext.Find()!.IsOneDnnEnabled.Should().Be(value);
            }
        }
        finally
        {
            context.TryEnableOneDnn(before);
        }
    }

    [Fact]
    public void After_a_trainer_a_transfer_a_probe_or_a_scheduler_convolutions_are_right()
    {
        // Fails on an affected machine if the guard is turned off.
        using var model = Sequential(("conv", Conv2d(8, 8, 3)), ("flatten", Flatten()), ("head", Linear(8, 2)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var trainer = new ContinualTrainer(model, optimizer);

        new ConvolutionProbe().FirstWrong(ConvolutionProbe.Tails, repetitions: 8).Should().BeNull();
        ConvolutionGuard.Status.State.Should().BeOneOf(ConvolutionGuardState.Right, ConvolutionGuardState.OneDnnOff);
    }

    [Fact]
    public void A_log_is_warned_once()
    {
        var log = new RecordedLog(LogLevel.Information, ofMachine: true);
        using var model = Linear(2, 2);
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var first = new ContinualTrainer(model, optimizer).UseLogging(log);
        using var second = new ContinualTrainer(model, optimizer).UseLogging(log);

        var isOff = ConvolutionGuard.Status.State == ConvolutionGuardState.OneDnnOff;
        log.Entries.Count(entry => entry.Id == 40).Should().Be(isOff ? 1 : 0);
    }

    private ConvolutionGuardian Guardian(Func<ConvolutionShape, bool> isWrong, bool onlyTails = false) =>
        new(ConvolutionGuardMode.Auto, _oneDnn, Probe(shape => isWrong(shape) && (!onlyTails || ConvolutionProbe.Tails.Contains(shape))));

    // The probe itself convolves only as a check that it would; the machine is made up.
    private static ConvolutionProbe Probe(Func<ConvolutionShape, bool> isWrong) => new((shape, x, w) =>
    {
        var (x64, w64) = (x.to(ScalarType.Float64), w.to(ScalarType.Float64));
        var right = shape.Convolve(x64, w64).to(x.dtype);
        return isWrong(shape) ? right * 2 : right;
    });

    private sealed class FakeOneDnn : IOneDnnSwitch
    {
        public bool? IsOneDnnEnabled { get; private set; } = true;

        public bool IsQuiet { get; private set; }

        public bool TryEnableOneDnn(bool enable)
        {
            IsOneDnnEnabled = enable;
            return true;
        }

        public void QuietNnpack() => IsQuiet = true;
    }

    private sealed class OwnConvolution : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter kernel = new(zeros(8, 8, 3, 3));

        public OwnConvolution()
            : base(nameof(OwnConvolution)) => RegisterComponents();

        public override Tensor forward(Tensor input) => functional.conv2d(input, kernel);
    }

    private sealed class Recurrent : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.LSTM lstm = LSTM(4, 4);

        public Recurrent()
            : base(nameof(Recurrent)) => RegisterComponents();

        public override Tensor forward(Tensor input) => lstm.call(input).Item1;
    }
}
