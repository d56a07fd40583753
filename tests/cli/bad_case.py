"""What a case of bad input is, and the sound pieces that the cases are made of."""

from dataclasses import dataclass, field

DATA = "data: {format: synthetic, kind: spirals, examples: 60, classes: 3, validation: 15}\n"
NETWORK = "network: [dense: 8, relu, dense: 3]\n"
STAGES = "stages: [{name: coarse, trials: 2, epochs: 1}]\n"
BATCH = "parameters: {batch_size: {value: 4}}\n"
BASE = DATA + NETWORK + STAGES  # the first three lines; what a case adds begins in line 4


@dataclass
class Case:
    name: str
    config: bytes  # of bad.yaml; None: there is no such file
    place: str  # what follows "winnow: ": a file with line:column or a byte offset
    right: str  # the message says this: what would be right
    files: dict = field(default_factory=dict)  # name -> bytes, or None for a folder


def wrong_yaml(name, text, line, column, right):
    """A configuration that is wrong at one place."""
    data = text if isinstance(text, bytes) else text.encode()
    return Case(name, data, f"bad.yaml:{line}:{column}: ", right)
