namespace Zapping.Datasets;

/// <summary>The classes of CIFAR-100 (Krizhevsky, 2009), five to a superclass.</summary>
internal static class Cifar100Classes
{
    // In the order of the coarse labels.
    private static readonly (string Name, string[] Classes)[] Superclasses =
    [
        ("aquatic_mammals", ["beaver", "dolphin", "otter", "seal", "whale"]),
        ("fish", ["aquarium_fish", "flatfish", "ray", "shark", "trout"]),
        ("flowers", ["orchid", "poppy", "rose", "sunflower", "tulip"]),
        ("food_containers", ["bottle", "bowl", "can", "cup", "plate"]),
        ("fruit_and_vegetables", ["apple", "mushroom", "orange", "pear", "sweet_pepper"]),
        ("household_electrical_devices", ["clock", "keyboard", "lamp", "telephone", "television"]),
        ("household_furniture", ["bed", "chair", "couch", "table", "wardrobe"]),
        ("insects", ["bee", "beetle", "butterfly", "caterpillar", "cockroach"]),
        ("large_carnivores", ["bear", "leopard", "lion", "tiger", "wolf"]),
        ("large_man-made_outdoor_things", ["bridge", "castle", "house", "road", "skyscraper"]),
        ("large_natural_outdoor_scenes", ["cloud", "forest", "mountain", "plain", "sea"]),
        ("large_omnivores_and_herbivores", ["camel", "cattle", "chimpanzee", "elephant", "kangaroo"]),
        ("medium_mammals", ["fox", "porcupine", "possum", "raccoon", "skunk"]),
        ("non-insect_invertebrates", ["crab", "lobster", "snail", "spider", "worm"]),
        ("people", ["baby", "boy", "girl", "man", "woman"]),
        ("reptiles", ["crocodile", "dinosaur", "lizard", "snake", "turtle"]),
        ("small_mammals", ["hamster", "mouse", "rabbit", "shrew", "squirrel"]),
        ("trees", ["maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"]),
        ("vehicles_1", ["bicycle", "bus", "motorcycle", "pickup_truck", "train"]),
        ("vehicles_2", ["lawn_mower", "rocket", "streetcar", "tank", "tractor"]),
    ];

    /// <summary>In the order of the fine labels, which is alphabetic.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Superclasses.SelectMany(one => one.Classes).Order(StringComparer.Ordinal)];

    /// <summary>In the order of the coarse labels.</summary>
    public static IReadOnlyList<string> SuperclassNames { get; } = [.. Superclasses.Select(one => one.Name)];

    /// <summary>The coarse label of each fine label.</summary>
    public static IReadOnlyList<int> SuperclassOf { get; } = [.. Names.Select(name => Array.FindIndex(Superclasses, one => one.Classes.Contains(name, StringComparer.Ordinal)))];
}
