"""The best trial so far by validation accuracy, among those trained to the end, as winnow and Optuna choose it."""


class Choice:
    def __init__(self, budget):
        self.budget = budget
        self.steps = []  # [epochs spent so far, validation accuracy, test accuracy] of each better one

    def offer(self, spent, validation, test):
        """`test` is called if it is the best, and within the budget."""
        if spent <= self.budget and (not self.steps or validation > self.steps[-1][1]):
            self.steps.append([spent, validation, test()])
