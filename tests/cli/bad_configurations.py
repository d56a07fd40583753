"""Configurations that say something wrong, or that are no configurations at all."""

from bad_case import BASE, BATCH, DATA, NETWORK, STAGES, Case, wrong_yaml


def parameters(*lines):
    """BASE, then parameters, the first one in line 5."""
    return BASE + "parameters:\n" + "".join(f"  {line}\n" for line in lines)


def layers(*lines):
    """The network in a block, its first layer in line 4; batches that fit the data."""
    return DATA + STAGES + "network:\n" + "".join(f"  - {line}\n" for line in lines) + BATCH


def alias_bomb():
    text = BASE + "description:\n  - &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 30):
        text += f"  - &a{level} [" + ", ".join([f"*a{level - 1}"] * 9) + "]\n"
    return text


no_yaml = [
    wrong_yaml("empty file", "", 1, 1, "a configuration has at least data, network and stages"),
    wrong_yaml("comments alone", "# nothing\n", 1, 1, "a configuration has at least data, network and stages"),
    wrong_yaml("no mapping", "just words\n", 1, 1, "must be a mapping with the keys name"),
    wrong_yaml("a list", "- a\n", 1, 1, "must be a mapping with the keys name"),
    wrong_yaml("a brace that stays open", "seed: 1\ndata: {format: csv\n", 2, 7, "never closed"),
    wrong_yaml("a quote that stays open", "name: 'a\n", 1, 7, "without closing quote"),
    wrong_yaml("a tab", "data:\n\tformat: csv\n", 2, 1, "YAML wants spaces there"),
    wrong_yaml("a line that is indented too far", "seed: 1\n  name: a\n", 1, 7, "indented by mistake"),
    wrong_yaml("a colon in a bare text", "name: a: b\n", 1, 8, "belongs in quotes"),
    wrong_yaml("a zero byte", b"seed: 1\nname: a\0b\n", 2, 8, "a configuration is a text"),
    wrong_yaml("Latin-1", "seed: 1\ndescription: größer\n".encode("latin-1"), 2, 16, "save the file with UTF-8"),
    wrong_yaml("UTF-16", BASE.encode("utf-16"), 1, 1, "save the file with UTF-8"),
    wrong_yaml("a control character", BASE + "description: \x1b[31m\n", 4, 14, "has no place in a configuration"),
    wrong_yaml("a binary file", b"\x89HDF\r\n\x1a\n" + bytes(200), 1, 1, "save the file with UTF-8"),
    wrong_yaml("two documents", BASE + "---\nseed: 1\n", 4, 1, "one file holds one campaign"),
    wrong_yaml("a duplicate key", BASE + "seed: 1\nname: a\nseed: 2\n", 6, 1, "first in line 4; keep one of them"),
    wrong_yaml("a duplicate parameter", parameters("batch_size: {value: 4}", "batch_size: {value: 8}"), 6, 3,
               "first in line 5; keep one of them"),
    wrong_yaml("an alias bomb", alias_bomb(), 10, 15, "aliases (*name) expand to more than 100000 values"),
    wrong_yaml("an alias of itself", BASE + "description: &a [b, *a]\n", 4, 21, "names no anchor (&name) above it"),
    wrong_yaml("a tag", BASE + "seed: !!int 1\n", 4, 13, "leave it out"),
    wrong_yaml("a merge key", BASE + "metric: {<<: {name: val_loss}}\n", 4, 10, "write the keys out"),
    wrong_yaml("a list as a key", BASE + "[a, b]: 1\n", 4, 1, "a key must be a plain word"),
    wrong_yaml("nested too deep", BASE + "description: " + "[" * 40 + "]" * 40 + "\n", 4, 45, "nested deeper than 32"),
    wrong_yaml("nested a hundred thousand deep", BASE + "description: " + "[" * 100000 + "\n", 4, 45,
               "nested deeper than 32"),
    wrong_yaml("a hundred thousand values", BASE + "description:\n" + "- x\n" * 100001, 99972, 3,
               "more than 100000 values"),
    Case("two megabytes", b"# 345678\n" * ((2 << 20) // 9 + 1),
         "bad.yaml is longer than the 1048576 bytes", "that are allowed here"),
    Case("no such file", None, "cannot open bad.yaml", "No such file"),
]

top_level = [
    wrong_yaml("an unknown key", BASE + "sede: 1\n", 4, 1, "did you mean 'seed'?"),
    wrong_yaml("an unknown key like none", BASE + "zzzzzzzz: 1\n", 4, 1, "known: name, seed, method"),
    wrong_yaml("no data", NETWORK + STAGES, 1, 1, "for example data: {format: synthetic"),
    wrong_yaml("no network", DATA + STAGES, 1, 1, "for example network: [dense: 128"),
    wrong_yaml("no stages", DATA + NETWORK, 1, 1, "for example stages: [{name: coarse"),
    wrong_yaml("an empty data:", "data:\n" + NETWORK + STAGES, 1, 1, "for example {format: synthetic"),
    wrong_yaml("a path as name", BASE + "name: ../../etc/passwd\n", 4, 7, "must consist of letters, digits"),
    wrong_yaml("a name of 128 letters", BASE + "name: " + "n" * 128 + "\n", 4, 7, "127 is the most"),
    wrong_yaml("a negative seed", BASE + "seed: -1\n", 4, 7, "from 0 to 18446744073709551615"),
    wrong_yaml("a seed of 2^64", BASE + "seed: 18446744073709551616\n", 4, 7, "from 0 to 18446744073709551615"),
    wrong_yaml("a seed with a point", BASE + "seed: 1.5\n", 4, 7, "a whole number"),
    wrong_yaml("method bayes", BASE + "method: bayes\n", 4, 9, "write random"),
    wrong_yaml("a goal against its metric", BASE + "metric: {name: val_loss, goal: maximize}\n", 4, 32,
               "write goal: minimize"),
    wrong_yaml("an unknown metric", BASE + "metric: {name: val_acuracy}\n", 4, 16, "did you mean 'val_accuracy'?"),
    wrong_yaml("an unknown loss", BASE + "loss: softmax\n", 4, 7, "known: softmax_cross_entropy, hinge or"),
    wrong_yaml("run_cap", BASE + "run_cap: 40\n", 4, 10, "stages: [{name: coarse, trials: 40, epochs: 3}]"),
    wrong_yaml("early_terminate without a rung", BASE + "early_terminate: {type: hyperband}\n", 4, 18,
               "its first rung is after epoch 1"),
    wrong_yaml("no time for a trial", BASE + "limits: {trial_seconds: 0}\n", 4, 25, "must be a number above 0"),
    wrong_yaml("no trials", DATA + NETWORK + "stages: [{name: a, trials: 0, epochs: 1}]\n", 3, 28, "at least 1"),
    wrong_yaml("no epochs", DATA + NETWORK + "stages: [{name: a, trials: 1, epochs: 0}]\n", 3, 39, "at least 1"),
    wrong_yaml("no stage in the list", DATA + NETWORK + "stages: []\n", 3, 9, "a list of at least one"),
    wrong_yaml("half a trial", DATA + NETWORK + "stages: [{name: a, trials: 0.5, epochs: 1}]\n", 3, 28, "whole number"),
    wrong_yaml("5e9 trials", DATA + NETWORK + "stages: [{name: a, trials: 5e9, epochs: 1}]\n", 3, 28,
               "at most 2147483648"),
    wrong_yaml("5e9 trials in three stages", DATA + NETWORK + "stages:\n" + "".join(
        f"  - {{name: {name}, trials: 1000000000, epochs: 1}}\n" for name in "abc"), 6, 5, "2147483648 is the most"),
    wrong_yaml("a stage without epochs", DATA + NETWORK + "stages: [{name: a, trials: 3}]\n", 3, 10,
               "for example {name: coarse, trials: 40, epochs: 3}"),
    wrong_yaml("two stages of one name", DATA + NETWORK + "stages:\n  - {name: a, trials: 1, epochs: 1}\n"
               "  - {name: a, trials: 1, epochs: 1}\n", 5, 12, "every stage needs its own name"),
    wrong_yaml("quotes in a stage's name", DATA + NETWORK + "stages: [{name: 'a\"b', trials: 1, epochs: 1}]\n", 3, 17,
               "must consist of letters, digits"),
    wrong_yaml("a zoom in the first stage", DATA + NETWORK + "stages: [{name: a, trials: 1, epochs: 1, zoom: {}}]\n",
               3, 48, "give it to a later stage"),
    wrong_yaml("elites: all and more", DATA + NETWORK + "stages:\n  - {name: a, trials: 1, epochs: 1}\n"
               "  - {name: b, trials: 1, epochs: 1, zoom: {keep: 1.5}}\n", 5, 50, "at most 1"),
    wrong_yaml("no replicates", DATA + NETWORK + "stages: [{name: a, trials: 1, epochs: 1, replicates: 0}]\n", 3, 54,
               "at least 1"),
    wrong_yaml("5e9 trials by replicates", DATA + NETWORK + "stages: [{name: a, trials: 5e6, epochs: 1, replicates: 1000}]\n",
               3, 10, "2147483648 is the most"),
    wrong_yaml("replicates that would be stopped apart", DATA + NETWORK + "early_terminate: {type: asha}\n"
               "stages: [{name: a, trials: 9, epochs: 9, replicates: 3}]\n", 4, 54, "early_terminate: none in this stage"),
    wrong_yaml("nothing to confirm", DATA + NETWORK + "stages: [{name: a, confirm: 2, epochs: 1}]\n", 3, 29,
               "put a stage before it"),
    wrong_yaml("a confirmation of none", DATA + NETWORK + "stages:\n  - {name: a, trials: 1, epochs: 1}\n"
               "  - {name: b, confirm: 0, epochs: 1}\n", 5, 24, "at least 1"),
    wrong_yaml("a confirmation that draws", DATA + NETWORK + "stages:\n  - {name: a, trials: 1, epochs: 1}\n"
               "  - {name: b, confirm: 1, trials: 1, epochs: 1}\n", 5, 35, "leave it out"),
    wrong_yaml("an ensemble of none", BASE + "ensemble: {size: 0}\n", 4, 18, "at least 1"),
    wrong_yaml("an unknown ensemble", BASE + "ensemble: {method: greedi}\n", 4, 20, "did you mean 'greedy'?"),
]

data_section = [
    wrong_yaml("an unknown format", "data: {format: jpeg}\n" + NETWORK + STAGES, 1, 16, "known: idx, csv, hdf5 or synthetic"),
    wrong_yaml("hdf5 without train", "data: {format: hdf5}\n" + NETWORK + STAGES, 1, 7,
               "for example train: {file: data.h5, images:"),
    wrong_yaml("hdf5 without labels", "data: {format: hdf5, train: {file: a.h5, images: /x}}\n" + NETWORK + STAGES, 1, 29,
               "for example train: {file: data.h5, images: /train/x, labels:"),
    wrong_yaml("idx without train", "data: {format: idx}\n" + NETWORK + STAGES, 1, 7, "for example train: {images:"),
    wrong_yaml("idx without labels", "data: {format: idx, train: {images: a}}\n" + NETWORK + STAGES, 1, 28,
               "for example train: {images: images-idx3-ubyte.gz, labels:"),
    wrong_yaml("csv without label", "data: {format: csv, train: a.csv}\n" + NETWORK + STAGES, 1, 7,
               "for example label: species"),
    wrong_yaml("five moons", "data: {format: synthetic, kind: moons, classes: 5}\n" + NETWORK + STAGES, 1, 49,
               "kind: spirals or blobs may have others"),
    wrong_yaml("fewer examples than classes", "data: {format: synthetic, kind: blobs, examples: 7, classes: 4}\n"
               + NETWORK + STAGES, 1, 50, "at least 8 would do"),
    wrong_yaml("all examples validate", "data: {format: synthetic, kind: spirals, examples: 60, validation: 60}\n"
               + NETWORK + STAGES, 1, 68, "take fewer"),
    wrong_yaml("a class loses its last example", "data: {format: synthetic, kind: spirals, examples: 60, "
               "validation: 58}\n" + NETWORK + STAGES, 1, 68, "which leaves 57"),
    wrong_yaml("a fraction above 1", "data: {format: synthetic, kind: spirals, validation: 1.5}\n" + NETWORK + STAGES,
               1, 54, "a count (a whole number) or a fraction below 1"),
    wrong_yaml("no validation", "data: {format: synthetic, kind: spirals, validation: 0}\n" + NETWORK + STAGES, 1, 54,
               "a number above 0"),
    wrong_yaml("1e99 examples", "data: {format: synthetic, kind: spirals, examples: 1e99}\n" + NETWORK + STAGES, 1, 52,
               "at most 2147483647"),
    wrong_yaml("an unknown normalisation", "data: {format: synthetic, kind: moons, normalize: standart}\n" + NETWORK
               + STAGES, 1, 51, "did you mean 'standard'?"),
]

ranges = [
    wrong_yaml("a bare number", parameters("learning_rate: 0.1"), 5, 18, "write learning_rate: {value: 0.1}"),
    wrong_yaml("an empty parameter", parameters("learning_rate: {}"), 5, 18, "needs value, values, min and max"),
    wrong_yaml("one end missing", parameters("learning_rate: {min: 0.1}"), 5, 18, "'max' is missing"),
    wrong_yaml("upside down", parameters("learning_rate: {min: 1.0, max: 0.1}"), 5, 24, "swap them"),
    wrong_yaml("an empty range", parameters("learning_rate: {min: 0.5, max: 0.5}"), 5, 24, "write value: 0.5"),
    wrong_yaml("an empty list of values", parameters("learning_rate: {values: []}"), 5, 27, "at least one entry"),
    wrong_yaml("a log range from 0", parameters(
        "learning_rate: {distribution: log_uniform_values, min: 0, max: 1}"), 5, 58, "a min above 0 would do"),
    wrong_yaml("an inverse log range below 0", parameters(
        "learning_rate: {distribution: inv_log_uniform_values, min: -1, max: 1}"), 5, 62, "a min above 0 would do"),
    wrong_yaml("bare log_uniform", parameters("learning_rate: {distribution: log_uniform, min: -9, max: 0}"), 5, 33,
               "write log_uniform_values"),
    wrong_yaml("infinity", parameters("learning_rate: {min: 0.1, max: .inf}"), 5, 34, "must be finite"),
    wrong_yaml("1e999", parameters("learning_rate: {min: 0.1, max: 1e999}"), 5, 34, "must be finite"),
    wrong_yaml("wider than a double", parameters("weight_decay: {min: -1.5e308, max: 1.5e308}"), 5, 23,
               "must be a finite number"),
    wrong_yaml("a number in quotes", parameters("learning_rate: {min: \"0.1\", max: 1.0}"), 5, 24,
               "write 0.1 without them"),
    wrong_yaml("a step wider than the range", parameters(
        "batch_size: {distribution: q_uniform, min: 1, max: 2, q: 5}"), 5, 60, "a smaller q"),
    wrong_yaml("a step of 0", parameters("batch_size: {distribution: q_uniform, min: 1, max: 2, q: 0}"), 5, 60,
               "a number above 0"),
    wrong_yaml("a step too fine for its range", parameters(
        "learning_rate: {distribution: q_uniform, min: 1, max: 1e300, q: 1e-10}"), 5, 67, "a larger q"),
    wrong_yaml("a step too fine for its curve", parameters(
        "weight_decay: {distribution: q_log_normal, mu: 300, sigma: 100, q: 1e-300}"), 5, 70, "a larger q"),
    wrong_yaml("a beta all at one end", parameters("weight_decay: {distribution: beta, a: 1e308, b: 1e-308}"), 5, 41,
               "at most 1000000"),
    wrong_yaml("an unknown distribution", parameters("learning_rate: {distribution: unifrom, min: 1, max: 2}"), 5, 33,
               "did you mean 'uniform'?"),
    wrong_yaml("probabilities over 1", parameters("batch_size: {values: [2, 4], probabilities: [0.5, 0.6]}"), 5, 47,
               "must add up to 1"),
    wrong_yaml("65 values", parameters("batch_size: {values: [" + ", ".join(["4"] * 65) + "]}"), 5, 24,
               "64 is the most"),
    wrong_yaml("65 parameters", parameters(*[f"p{i}: {{value: 1}}" for i in range(65)]), 69, 3, "64 is the most"),
]

meanings = [
    wrong_yaml("momentum to 1", parameters("momentum: {min: 0.5, max: 1.0}"), 5, 29, "below 1"),
    wrong_yaml("momentum of 1", parameters("momentum: {value: 1}"), 5, 21, "below 1"),
    wrong_yaml("momentum of 1 among others", parameters("momentum: {values: [0.5, 0.9, 1.0]}"), 5, 33, "below 1"),
    wrong_yaml("momentum log to 1", parameters(
        "momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 1}"), 5, 71, "a max below 1 would do"),
    wrong_yaml("momentum on a grid to 1", parameters(
        "momentum: {distribution: q_uniform, min: 0.5, max: 1, q: 0.1}"), 5, 54, "below 1"),
    wrong_yaml("momentum normal past 1", parameters("momentum: {distribution: normal, mu: 0.9, sigma: 0.1}"), 5, 13,
               "below 1"),
    wrong_yaml("momentum beta on a grid", parameters("momentum: {distribution: q_beta, a: 2, b: 2, q: 0.1}"), 5, 13,
               "below 1"),
    wrong_yaml("momentum's ramp from 1", parameters(
        "momentum_initial: {value: 1}", "momentum_epochs: {value: 3}"), 5, 29, "below 1"),
    wrong_yaml("momentum whole to 1", parameters("momentum: {min: 0, max: 1}"), 5, 27, "below 1"),
    wrong_yaml("beta1 of 1", parameters("optimizer: {value: adam}", "beta1: {value: 1}"), 6, 18, "below 1"),
    wrong_yaml("a rate of 0", parameters("learning_rate: {values: [0.1, 0]}"), 5, 33, "a number above 0"),
    wrong_yaml("a rate from 0", parameters("learning_rate: {min: 0, max: 1.0}"), 5, 24, "a number above 0"),
    wrong_yaml("a rate in words", parameters("learning_rate: {values: [0.1, high]}"), 5, 33, "a number above 0"),
    wrong_yaml("an unknown optimizer", parameters("optimizer: {values: [nesterow, adam]}"), 5, 24,
               "did you mean 'nesterov'?"),
    wrong_yaml("an optimizer like none", parameters("optimizer: {value: lbfgs}"), 5, 22, "known: sgd, momentum"),
    wrong_yaml("an unknown schedule", parameters("lr_schedule: {value: linear}"), 5, 24, "known: constant, step"),
    wrong_yaml("half a batch", parameters("batch_size: {values: [32, 48.5]}"), 5, 29, "a whole number"),
    wrong_yaml("batches larger than the data", parameters("batch_size: {values: [4, 46]}"), 5, 28,
               "only 45 examples; at most that many would do"),
    wrong_yaml("batches to more than the data", parameters("batch_size: {min: 4, max: 46}"), 5, 29,
               "only 45 examples; at most that many would do"),
    wrong_yaml("default batches larger than the data", BASE.replace("60", "24"), 1, 1,
               "for example parameters: {batch_size: {value: 8}}"),
    wrong_yaml("an unused parameter", parameters("hidden: {value: 10}"), 5, 3, "use it as $hidden in network"),
    wrong_yaml("a mistyped parameter", parameters("learning_rat: {value: 0.1}"), 5, 3, "did you mean 'learning_rate'?"),
    wrong_yaml("a parameter of an optimizer not drawn", parameters("rho: {value: 0.9}"), 5, 3,
               "only the optimizer rmsprop uses it"),
    wrong_yaml("a parameter epochs", parameters("epochs: {values: [3, 10]}"), 5, 3, "the stages say it"),
    wrong_yaml("a reserved name", parameters("seconds: {value: 1}"), 5, 3, "give the parameter another name"),
    wrong_yaml("a reserved name, id", parameters("id: {value: 1}"), 5, 3, "give the parameter another name"),
    wrong_yaml("a name in Greek", parameters("η: {value: 0.1}"), 5, 3, "must consist of letters, digits and '_'"),
    wrong_yaml("a name with a zero width space", parameters("learning​_rate: {value: 0.1}"), 5, 3,
               "must consist of letters, digits and '_'"),
    wrong_yaml("an empty name", parameters("'': {value: 0.1}"), 5, 3, "must consist of letters, digits and '_'"),
    wrong_yaml("a name of 100 letters", parameters("p" * 100 + ": {value: 1}"), 5, 3, "is the most"),
    wrong_yaml("nested parameters", parameters("outer: {parameters: {a: {value: 1}}}"), 5, 23,
               "give each one a name of its own"),
]

conditions = [
    wrong_yaml("when of nothing", parameters("momentum: {value: 0.9, when: {optimizer: [nesterov]}}"), 5, 33,
               "which is no parameter"),
    wrong_yaml("when without a mapping", parameters("momentum: {value: 0.9, when: nesterov}"), 5, 32,
               "for example when: {optimizer: [nesterov]}"),
    wrong_yaml("when of a value that is none", parameters(
        "optimizer: {values: [nesterov, adam]}", "momentum: {value: 0.9, when: {optimizer: nestorov}}"), 6, 44,
        "did you mean 'nesterov'?"),
    wrong_yaml("when of a value among line ends", parameters(
        "hidden: {values: [\"\\n\", 8]}", "momentum: {value: 0.9, when: {hidden: nestorov}}"), 6, 41, "known: ? or 8"),
    wrong_yaml("when of no value", parameters(
        "optimizer: {values: [nesterov, adam]}", "momentum: {value: 0.9, when: {optimizer: []}}"), 6, 44,
        "an empty list of values"),
    wrong_yaml("when of a range", parameters(
        "momentum: {value: 0.9, when: {learning_rate: 1}}", "learning_rate: {min: 0.1, max: 1.0}"), 5, 33,
        "only on a parameter with value or values"),
    wrong_yaml("when of itself", parameters("momentum: {value: 0.9, when: {momentum: 0.9}}"), 5, 33,
               "cannot depend on itself"),
    wrong_yaml("when in a circle", parameters(
        "momentum: {value: 0.9, when: {learning_rate: 1}}", "learning_rate: {value: 1, when: {momentum: 0.9}}"), 6, 35,
        "let one of these parameters be there without a condition"),
    wrong_yaml("when that leaves no user", parameters(
        "optimizer: {values: [nesterov, adam]}", "momentum: {value: 0.9, when: {optimizer: adam}}"), 6, 3,
        "only the optimizer momentum or nesterov uses it"),
    wrong_yaml("when nested too deep", parameters(
        "optimizer: {values: [nesterov, adam]}",
        "momentum: {value: 0.9, when: {optimizer: " + "[" * 40 + "]" * 40 + "}}"), 6, 72, "nested deeper than 32"),
    wrong_yaml("when of a mapping of mappings", parameters(
        "optimizer: {values: [nesterov, adam]}", "momentum: {value: 0.9, when: {optimizer: {or: {}}}}"), 6, 44,
        "write a list, for example when: {optimizer: [nesterov]}"),
]

network = [
    wrong_yaml("an unknown layer", layers("dens: 3"), 4, 5, "did you mean 'dense'?"),
    wrong_yaml("filters in short", layers("conv2d: 16", "dense: 3"), 4, 13, "write '- conv2d: {filters: 16, kernel: 3}'"),
    wrong_yaml("no kernel", layers("conv2d: {filters: 4}", "dense: 3"), 4, 5, "has no kernel; for example"),
    wrong_yaml("a kernel of 0", layers("conv2d: {filters: 4, kernel: 0}", "dense: 3"), 4, 34, "at least 1"),
    wrong_yaml("a kernel of three", layers("conv2d: {filters: 4, kernel: [3, 3, 3]}", "dense: 3"), 4, 34,
               "write one number, or two as [height, width]"),
    wrong_yaml("an unknown padding", layers("conv2d: {filters: 4, kernel: 3, padding: full}", "dense: 3"), 4, 46,
               "known: valid or same"),
    wrong_yaml("a key nearly right", layers("conv2d: {filters: 4, kernel: 3, strides: 2}", "dense: 3"), 4, 37,
               "did you mean 'stride'?"),
    wrong_yaml("a convolution of a table", layers("conv2d: {filters: 4, kernel: 3}", "dense: 3"), 4, 5, "needs images"),
    wrong_yaml("a pool of a table", layers("max_pool: 2", "dense: 3"), 4, 5, "needs images"),
    wrong_yaml("a norm that keeps all", layers("batch_norm: {momentum: 1}", "dense: 3"), 4, 28, "below 1"),
    wrong_yaml("no layers", DATA + STAGES + "network: []\n", 3, 10, "for example [dense: 128, relu, dense: 10]"),
    wrong_yaml("no units", layers("dense"), 4, 5, "for example '- dense: 128'"),
    wrong_yaml("0 units", layers("dense: 0", "dense: 3"), 4, 12, "at least 1"),
    wrong_yaml("1e30 units", layers("dense: 1e30", "dense: 3"), 4, 12, "at most 16777216"),
    wrong_yaml("dropout of all", layers("dense: 8", "dropout: 1", "dense: 3"), 5, 14, "below 1"),
    wrong_yaml("an unbound $name", layers("dense: $hidden", "dense: 3"), 4, 12, "'$hidden' names no parameter"),
    wrong_yaml("a mistyped $name", DATA + STAGES + "network: [dense: $hiden, dense: 3]\n"
               "parameters: {hidden: {values: [4, 8]}}\n", 3, 18, "did you mean 'hidden'?"),
    wrong_yaml("units in words", DATA + STAGES + "network: [dense: $hidden, dense: 3]\n"
               "parameters: {hidden: {values: [few, many]}}\n", 4, 32, "a whole number"),
    wrong_yaml("units between whole numbers", DATA + STAGES + "network: [dense: $hidden, dense: 3]\n"
               "parameters:\n  hidden: {min: 4.5, max: 8.5}\n", 5, 11, "give whole min and max to int_uniform"),
    wrong_yaml("units that are not always drawn", DATA + STAGES + "network: [dense: $units, dense: 3]\nparameters:\n"
               "  optimizer: {value: adam}\n  units: {value: 8, when: {optimizer: adam}}\n", 6, 27,
               "leave out its when"),
    wrong_yaml("the wrong number of classes", layers("dense: 8", "relu", "dense: 10"), 6, 5,
               "must be '- dense: 3'"),
    wrong_yaml("the wrong number of classes, drawn", DATA + STAGES + "network: [dense: $end]\n"
               "parameters: {end: {values: [3, 4]}, batch_size: {value: 4}}\n", 3, 11, "must be '- dense: 3'"),
    wrong_yaml("a network that ends in its input", layers("relu"), 4, 5, "dense: 3"),
    wrong_yaml("from: nowhere", layers("dense: {units: 8, name: hidden}", "dense: {units: 3, from: hiden}"), 5, 29,
               "did you mean 'hidden'?"),
    wrong_yaml("from: below", layers("dense: {units: 8, from: later}", "dense: {units: 3, name: later}"), 4, 29,
               "which is no layer above this one"),
    wrong_yaml("from: itself", layers("dense: {units: 3, name: a, from: a}"), 4, 38, "which is no layer above"),
    wrong_yaml("shapes that do not add", layers("dense: {units: 8, name: a}", "dense: {units: 4, name: b, from: input}",
                                                "add: {from: [a, b]}", "dense: 3"), 6, 5, "all inputs must have one shape"),
    wrong_yaml("shapes that seldom add", DATA + STAGES + "network:\n  - dense: {units: $a, name: left}\n"
               "  - dense: {units: $b, name: right, from: input}\n  - add: {from: [left, right]}\n  - dense: 3\n"
               "parameters:\n  a: {min: 4, max: 8}\n  b: {min: 4, max: 8}\n  batch_size: {value: 4}\n", 6, 5,
               "all inputs must have one shape"),
    wrong_yaml("an add of one", layers("dense: {units: 8, name: a}", "add: {from: [a]}", "dense: 3"), 5, 17,
               "joins two layers or more"),
    wrong_yaml("a layer that feeds nothing", layers("dense: {units: 8, name: a}", "dense: {units: 3, from: input}"), 4,
               5, "name it in the from of a layer below"),
    wrong_yaml("two layers of one name", layers("dense: {units: 8, name: a}", "dense: {units: 3, name: a}"), 5, 29,
               "every layer needs its own"),
    wrong_yaml("a key that no layer has", layers("dense: {units: 3, bias: false}"), 4, 23, "known: name, from, units"),
    wrong_yaml("two layers in one entry", layers("{dense: 8, relu: }", "dense: 3"), 4, 16, "one layer an entry"),
    wrong_yaml("257 layers", layers(*["relu"] * 257), 260, 5, "256 is the most"),
]

cases = no_yaml + top_level + data_section + ranges + meanings + conditions + network
