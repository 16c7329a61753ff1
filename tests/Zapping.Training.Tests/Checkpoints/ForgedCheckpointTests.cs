using System.Text;
using System.Text.Json.Nodes;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>Checkpoints whose sums are right and whose content is not: refused by name, with not a bit changed.</summary>
[Collection(AloneCollection.Name)] // the global generator is looked at
public sealed class ForgedCheckpointTests : IDisposable
{
    private readonly ForgedCheckpoint _forged = new();

    public static TheoryData<string, string?, string> Descriptions => new()
    {
        // what is altered, the JSON that is put there (null: it is taken away), the reason
        { "settings", null, "description cannot be read" },
        { "settings", "null", "description cannot be read" },
        { "settings", "5", "description cannot be read" },
        { "settings/clip", null, "trainer.clip was absent and is {\"max_norm\": null}" },
        { "settings/clip/max_norm", "1e99999999999", "trainer.clip.max_norm was 1e99999999999 and is null" },
        { "settings/color", "null", "trainer.color was null and is absent" },
        { "notes", "null", "description cannot be read" },
        { "notes", """{"a":null}""", "description is incomplete" },
        { "trainer", "null", "description cannot be read" },
        { "format", null, "description cannot be read" },
        { "state", null, "description cannot be read" },
        { "state/steps", "-1", "counts -1 of something" },
        { "state/steps", "9223372036854775808", "description cannot be read" },
        { "state/epoch_steps", "3", "inside of an epoch, a task or a class that never began" },
        { "state/task_classes", "1", "inside of an epoch, a task or a class that never began" },
        { "optimizers", "[null]", "description is incomplete" },
        { "optimizers/0/groups", "null", "description cannot be read" },
        { "optimizers/0/groups", "[null]", "description is incomplete" },
        { "optimizers/0/groups", "[]", "0 groups of parameters, not 1" },
        { "optimizers/0/groups/0/InitialLearningRate", null, "lacks the option 'InitialLearningRate'" },
        { "optimizers/0/groups/0/LearningRate", null, "lacks the option 'LearningRate'" }, // without one, its next step failed
        { "optimizers/0/groups/0/beta1", null, "lacks the option 'beta1'" },
        { "optimizers/0/groups/0/LearningRate", "\"NaN\"", "the option 'LearningRate' = NaN" },
        { "optimizers/0/groups/0/color", "3", "the option 'color' = 3" },
        { "resets", "[null]", "description is incomplete" },
        { "resets/0/state", "null", "description cannot be read" },
        { "resets/0/state/resets", "-5", "counts -5 of something" },
        { "resets/0/schedule", "null", "description cannot be read" },
        { "resets/0/schedule/period", "7", "resets.0.schedule.period was 7 and is 1" },
        { "resets/0/schedule/every", "\"class\"", "description cannot be read" },
        { "resets/0/schedule/every", "\"StepBoundary\"", "resets.0.schedule.every was \"StepBoundary\" and is \"ClassBoundary\"" },
        { "resets/0/options", "[]", "description cannot be read" },
        { "resets/0/options/bias", "null", "resets.0.bias was null and is \"Keep\"" },
        { "resets/0/options/weights", "{}", "resets.0.weights was {} and is \"KaimingNormal(AsPublished)\"" },
        { "learning_rates", "null", "description cannot be read" },
        { "learning_rates", "[null]", "description is incomplete" },
        { "learning_rates", "[]", "number of learning-rate schedulers is another one: '0', not '1'" },
        { "learning_rates/0/steps", "-1", "counts -1 of something" },
        { "learning_rates/0/steps", "9223372036854775807", "make 9223372036854775807 steps; at most 100000000" },
        { "learning_rates/0/metrics", "[1]", "another number of metrics than steps of a learning-rate scheduler" },
        { "learning_rates/0/options/gamma", "0.25", "learning_rates.0.gamma was 0.25 and is 0.5" },
        { "frozen_parameters", "[null]", "description is incomplete" },
        { "frozen_parameters", """["head.bias"]""", "parameters.frozen was [\"head.bias\"] and is []" },
        { "observers", "[null]", "description is incomplete" },
        { "observers", """[{"type":"Own","settings":null,"state":""}]""", "observers was [\"Own\"] and is []" },
        { "observers", """[{"type":"Own","settings":3,"state":""}]""", "description cannot be read" },
        { "format", "1", "it is of format 1, written by Zapping.Training " },
        { "format", "2", "which no released version wrote, and which is not read any more. Finish the run with the build that wrote it" },
        { "format", "-7", "which no released version wrote" },
    };

    public void Dispose() => _forged.Dispose();

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void A_description_that_cannot_be_is_refused(string path, string? json, string reason)
    {
        _forged.Describe(description =>
        {
            var at = path.Split('/');
            var parent = at[..^1].Aggregate(description, (node, key) => int.TryParse(key, provider: null, out var i) ? node[i]! : node[key]!);
            switch (parent)
            {
                case JsonArray list:
                    list[int.Parse(at[^1], provider: null)] = JsonNode.Parse(json!);
                    break;
                case JsonObject owner when json is null:
                    owner.Remove(at[^1]).Should().BeTrue();
                    break;
                default:
                    parent[at[^1]] = JsonNode.Parse(json!);
                    break;
            }
        });

        _forged.Refusal().Reason.Should().Contain(reason);
    }

    [Theory]
    [InlineData("\"max_norm\": null", "\"max_norm\": 1, \"max_norm\": 2")]
    [InlineData("\"max_norm\": null", "\"max_norm\": \"\\ud800\"")]
    [InlineData("\"max_norm\": null", "\"max_norm\": [{ \"a\": \"\\udfff\" }]")]
    [InlineData("\"max_norm\": null", "\"\\ud800\": null")]
    [InlineData("\"gamma\": 0.5", "\"gamma\": \"\\ud800\"")]
    [InlineData("\"bias\": \"Keep\"", "\"bias\": \"\u0080\"")] // no UTF-8 in Latin-1
    public void Settings_with_a_key_twice_or_a_string_that_is_no_text_are_refused(string sound, string forged)
    {
        _forged.Rewrite("checkpoint.json", bytes =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            text.Should().Contain(sound);
            return Encoding.Latin1.GetBytes(text.Replace(sound, forged, StringComparison.Ordinal));
        });
        _forged.Refusal().Reason.Should().Contain("description cannot be read");
    }

    [Fact]
    public void The_version_that_saved_it_is_named_beside_a_difference_and_is_none_itself()
    {
        _forged.Describe(description => (description["library_version"], description["settings"]!["micro_batch_size"]) = ("0.0.9", 3));
        _forged.Refusal().Reason.Should().Contain("trainer.micro_batch_size was 3 and is null. If").And.Contain("It was saved by Zapping.Training 0.0.9, and this is ");
        _forged.Describe(description => description["library_version"] = "0.0.9");
        _forged.Store.Resume(_forged.Trainer)!.LibraryVersion.Should().Be("0.0.9");
    }

    [Fact]
    public void A_name_twice_in_the_description_is_refused()
    {
        _forged.Rewrite("checkpoint.json", bytes => [.. "{\"format\":3,"u8, .. bytes[1..]]);
        _forged.Refusal().Reason.Should().Contain("description cannot be read");
    }

    [Fact]
    public void An_optimizer_memory_of_another_type_is_refused_before_the_model_is_written()
    {
        _forged.Replace("optimizer-0.safetensors", "head.weight.exp_avg", own => own.to(ScalarType.Int64));
        _forged.Refusal().Reason.Should().Be("its 'head.weight.exp_avg' is of type Int64, not Float32.");
    }

    [Fact]
    public void An_optimizer_memory_of_a_type_that_TorchSharp_has_not_is_refused_too()
    {
        _forged.Rewrite("optimizer-0.safetensors", bytes => Encoding.Latin1.GetBytes(
            Encoding.Latin1.GetString(bytes).Replace("\"head.weight.exp_avg\":{\"dtype\":\"F32\"", "\"head.weight.exp_avg\":{\"dtype\":\"U32\"", StringComparison.Ordinal)));
        _forged.Refusal().Reason.Should().Be("its 'head.weight.exp_avg' is of type U32, which no optimizer here has.");
    }

    [Fact]
    public void A_step_count_that_is_no_whole_number_is_refused()
    {
        _forged.Replace("optimizer-0.safetensors", "head.weight.step", _ => tensor(2.5));
        _forged.Refusal().Reason.Should().Be("it lacks the number 'head.weight.step'.");
    }

    [Theory]
    [InlineData("shape", "it is of another kind of random state: its 'torch.global' is Byte [7], not Byte [5056].")]
    [InlineData("type", "it is of another kind of random state: its 'torch.global' is Int32 [5056], not Byte [5056].")]
    [InlineData("content", "its random state is none.")]
    [InlineData("name", "it is of another kind of random state: it lacks 'torch.global', it has 'other' besides.")]
    public void A_random_state_that_is_none_is_refused_before_the_model_is_written(string what, string reason)
    {
        _forged.Replace("random.safetensors", "torch.global", own => what switch
        {
            "shape" => own.narrow(0, 0, 7),
            "type" => own.to(ScalarType.Int32),
            "content" => full_like(own, 255),
            _ => own,
        }, what == "name" ? "other" : null);
        _forged.Refusal().Reason.Should().Be(reason);
    }

    [Fact]
    public void Refused_resumes_leave_no_tensors_behind()
    {
        _forged.Replace("random.safetensors", "torch.global", own => full_like(own, 255));
        _forged.Refusal();
        var before = LiveTensors.BeforeTest();
        for (var i = 0; i < 20; i++)
        {
            _forged.Refusal();
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused_by_name_and_number_unless_they_are_meant()
    {
        _forged.Replace("model.safetensors", "head.weight", own => own.index_put_(double.NaN, tensor(1L), tensor([0L, 2L])));
        _forged.Refusal().Reason.Should().Be("it has NaN or infinite numbers in 'head.weight' (2 of 40). Set CheckpointStore.AllowNonFinite if that is meant.");
        _forged.Store.AllowNonFinite = true;
        _forged.Store.Resume(_forged.Trainer)!.Steps.Should().Be(1);
        _forged.Head.isnan().sum().item<long>().Should().Be(2);
    }

    [Fact]
    public void Buffers_may_be_infinite()
    {
        _forged.Replace("model.safetensors", "norm.running_var", own => full_like(own, double.PositiveInfinity));
        _forged.Store.AllowNonFinite = true;
        _forged.Store.Resume(_forged.Trainer)!.Steps.Should().Be(1);
    }
}
