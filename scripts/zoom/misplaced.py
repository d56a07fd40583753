"""Real campaigns by the default rule whose coarse learning rates hold the best one, or miss it by a factor of 10."""
import campaigns
import intervals

# Adam's; about 3e-3 is best.
RATES = {"within": (1e-4, 1e-1), "10 times above": (3e-6, 3e-4), "10 times below": (3e-2, 1)}
PLAN = [(30, 2), (15, 4), (10, 6)]
NEAR = 0.03  # of accuracy: found, beside the mean of the ranges that hold the best rate


def cases(folder, count):
    """For each: its name, the test accuracies, and how many campaigns found the best rate."""
    aim = None
    for case, (low, high) in RATES.items():
        reached = [campaigns.images(folder, seed, "adam", PLAN, "true", low, high) for seed in range(count)]
        aim = aim or intervals.mean(reached)[0]
        yield case, reached, sum(accuracy >= aim - NEAR for accuracy in reached)
