"""What is measured, in turns, and how it is told."""
import statistics
from dataclasses import dataclass, field


@dataclass
class Bench:
    """Subjects that are measured one after the other, round by round, and what is compared of them."""
    what: str
    unit: str
    subjects: dict  # name: function without arguments that gives one figure
    comparisons: list = field(default_factory=list)  # (name, [names]): the best of the latter is the peer
    lower_is_better: bool = False
    figures: dict = field(default_factory=dict)  # name: [one a round]

    def measure(self, turn):
        """Every other round backwards, so that no subject always follows the same one."""
        names = list(self.subjects)
        for name in names if turn % 2 == 0 else reversed(names):
            self.figures.setdefault(name, []).append(self.subjects[name]())

    def median(self, name):
        return statistics.median(self.figures[name])

    def rows(self):
        """(what, unit, name, figure, peer, its figure, ratios); a subject without a peer has ratios of None."""
        compared = {name for ours, peers in self.comparisons for name in (ours, *peers)}
        for name in self.subjects:
            if name not in compared:
                yield self.what, self.unit, name, self.figures[name], None, None, None
        best = min if self.lower_is_better else max
        for ours, peers in self.comparisons:
            peer = best(peers, key=self.median)
            pairs = zip(self.figures[ours], self.figures[peer])
            ratios = [p / o if self.lower_is_better else o / p for o, p in pairs]
            yield self.what, self.unit, ours, self.figures[ours], peer, self.figures[peer], ratios


def measure_in_turns(benches, rounds):
    for turn in range(rounds):
        for bench in benches:
            bench.measure(turn)
            newest = ", ".join(f"{name} {number(figures[-1])}" for name, figures in bench.figures.items())
            print(f"round {turn + 1}: {bench.what}, {bench.unit}: {newest}", flush=True)


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value >= 1 else f"{value:.2f}"


def table(benches, rounds):
    """The markdown table: a line a comparison, or a figure that stands alone."""
    lines = [f"| what | unit | winnow | beside it | its figure | ratio, median of {rounds} | lowest to highest |",
             "|---|---|---|---|---|---|---|"]
    for bench in benches:
        for what, unit, name, figures, peer, peer_figures, ratios in bench.rows():
            extra = name.removeprefix("winnow").strip(", ")
            cells = [f"{what}, {extra}" if extra else what, unit, number(statistics.median(figures))]
            if peer is None:
                cells += ["", "", "", f"{number(min(figures))} to {number(max(figures))}"]
            else:
                cells += [peer, number(statistics.median(peer_figures)), f"{statistics.median(ratios):.2f}",
                          f"{min(ratios):.2f} to {max(ratios):.2f}"]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write_between_markers(path, text, begin, end):
    with open(path) as f:
        page = f.read()
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise SystemExit(f"{path} must have {begin} and {end}, once each and in this order")
    head, rest = page.split(begin)
    tail = rest.split(end)[1]
    with open(path, "w") as f:
        f.write(f"{head}{begin}\n{text}\n{end}{tail}")
