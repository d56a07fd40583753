/* Configurations that say something wrong. */
#include "campaign/config/bad_table.h"
#include "campaign/config/tests.h"
#include "suite.h"

#define CHECK(table) check_bad(table, sizeof(table) / sizeof((table)[0]))

static void top_level(void) {
    static const BadCase cases[] = {
        {BASE "sede: 1\n", 0, 4, 1, "unknown key 'sede' in a configuration; did you mean 'seed'?"},
        {BASE "zzzzzzzz: 1\n", 0, 4, 1, "known: name, seed, method"},
        {"- a\n", 0, 1, 1, "a configuration is a list here, but must be a mapping with the keys name"},
        {BASE "name: a/b\n", 0, 4, 7, "must consist of letters, digits"},
        {BASE "name: .hidden\n", 0, 4, 7, "not begin with '.'"},
        {BASE "name: [a]\n", 0, 4, 7, "name is a list, but must be a single value"},
        {BASE "seed: -1\n", 0, 4, 7, "a whole number from 0 to 18446744073709551615"},
        {BASE "seed: 18446744073709551616\n", 0, 4, 7, "a whole number from 0 to 18446744073709551615"},
        {BASE "seed: 1.5\n", 0, 4, 7, "seed is 1.5, but must be a whole number"},
        {BASE "method: grid\n", 0, 4, 9, "write random"},
        {BASE "method: bayes\n", 0, 4, 9, "write random"},
        {BASE "method: randon\n", 0, 4, 9, "did you mean 'random'?"},
        {BASE "metric: {name: accuracy}\n", 0, 4, 16, "known: val_accuracy or val_loss"},
        {BASE "metric: {name: val_acuracy}\n", 0, 4, 16, "did you mean 'val_accuracy'?"},
        {BASE "metric: {name: val_loss, goal: maximize}\n", 0, 4, 32, "write goal: minimize"},
        {BASE "metric: {goal: maximize}\n", 0, 4, 9, "metric has no name; for example {name: val_accuracy"},
        {BASE "metric: val_loss\n", 0, 4, 9, "metric is a single value here, but must be a mapping"},
        {BASE "loss: softmax\n", 0, 4, 7, "known: softmax_cross_entropy, hinge or mean_squared_error"},
        {BASE "run_cap: 40\n", 0, 4, 10, "stages: [{name: coarse, trials: 40, epochs: 3}]"},
        {BASE "early_terminate: {type: hyperband}\n", 0, 4, 18, "does not exist yet"},
        {BASE "limits: {trial_seconds: 0}\n", 0, 4, 25, "trial_seconds is 0, but must be a number above 0"},
        {BASE "limits: {epoch_seconds: 0}\n", 0, 4, 25, "epoch_seconds is 0, but must be a number above 0"},
        {BASE "limits: {epoch_seconds: never}\n", 0, 4, 25, "epoch_seconds is the word never"},
        {BASE "limits: {checkpoint_seconds: -1}\n", 0, 4, 30, "must be a number of at least 0"},
        {BASE "limits: {checkpoint_seconds: .inf}\n", 0, 4, 30,
         "checkpoint_seconds is .inf, but must be finite"},
        {BASE "limits: {silence_seconds: 4.9}\n", 0, 4, 27, "must be a number of at least 5"},
        {BASE "limits: {epochs_seconds: 1}\n", 0, 4, 10, "did you mean 'epoch_seconds'?"},
        {BASE "limits: {seconds: 1}\n", 0, 4, 10, "unknown key 'seconds' in limits"},
        {NETWORK STAGES, 0, 1, 1, "'data' is missing; for example"},
        {DATA STAGES, 0, 1, 1, "'network' is missing; for example"},
        {DATA NETWORK, 0, 1, 1, "'stages' is missing; for example stages: [{name: coarse"},
    };
    CHECK(cases);
}

static void data(void) {
    static const BadCase cases[] = {
        {"data: 5\n" NETWORK STAGES, 0, 1, 7, "data must be a mapping; for example"},
        {"data: {kind: moons}\n" NETWORK STAGES, 0, 1, 7, "'format' is missing"},
        {"data: {format: jpeg}\n" NETWORK STAGES, 0, 1, 16, "known: idx, csv or synthetic"},
        {"data: {format: hdf5}\n" NETWORK STAGES, 0, 1, 16, "do not exist yet"},
        {"data: {format: idx}\n" NETWORK STAGES, 0, 1, 7, "'train' is missing; for example"},
        {"data: {format: idx, train: {images: a}}\n" NETWORK STAGES, 0, 1, 28, "train has no labels"},
        {"data: {format: idx, train: a}\n" NETWORK STAGES, 0, 1, 28, "keys images or labels"},
        {"data: {format: idx, train: {images: a, labels: []}}\n" NETWORK STAGES, 0, 1, 48,
         "labels is a list"},
        {"data: {format: csv, train: a.csv}\n" NETWORK STAGES, 0, 1, 7, "for example label: species"},
        {"data: {format: csv, label: a}\n" NETWORK STAGES, 0, 1, 7, "for example train: table.csv"},
        {"data: {format: csv, train: a, label: b, kind: moons}\n" NETWORK STAGES, 0, 1, 41,
         "unknown key 'kind' in data of format csv"},
        {"data: {format: synthetic}\n" NETWORK STAGES, 0, 1, 7, "kind: spirals (or moons, blobs)"},
        {"data: {format: synthetic, kind: moon}\n" NETWORK STAGES, 0, 1, 33, "did you mean 'moons'?"},
        {"data: {format: synthetic, kind: moons, classes: 3}\n" NETWORK STAGES, 0, 1, 49,
         "moons have 2 classes"},
        {"data: {format: synthetic, kind: spirals, features: 3}\n" NETWORK STAGES, 0, 1, 52,
         "spirals have 2 features"},
        {"data: {format: synthetic, kind: spirals, examples: 5}\n" NETWORK STAGES, 0, 1, 52,
         "at least 6 would do"},
        {"data: {format: synthetic, kind: spirals, noise: -1}\n" NETWORK STAGES, 0, 1, 49, "of at least 0"},
        {"data: {format: synthetic, kind: spirals, examples: 1e99}\n" NETWORK STAGES, 0, 1, 52,
         "at most 2147483647"},
        {"data: {format: synthetic, kind: spirals, validation: 2000}\n" NETWORK STAGES, 0, 1, 54,
         "takes 2000 of 2000 examples and leaves none for training; take fewer"},
        {"data: {format: synthetic, kind: spirals, validation: 1.5}\n" NETWORK STAGES, 0, 1, 54,
         "a count (a whole number) or a fraction below 1"},
        {"data: {format: synthetic, kind: spirals, validation: 0}\n" NETWORK STAGES, 0, 1, 54,
         "a number above 0"},
        {"data: {format: synthetic, kind: spirals, normalize: 1}\n" NETWORK STAGES, 0, 1, 53,
         "known: none, unit or standard"},
        {"data: {format: synthetic, kind: spirals, augment: {}}\n" NETWORK STAGES, 0, 1, 51,
         "does not exist yet"},
    };
    CHECK(cases);
}

#define P(line) BASE "parameters:\n  " line "\n"

static void distributions(void) {
    static const BadCase cases[] = {
        {BASE "parameters: [a]\n", 0, 4, 13, "parameters must be a mapping; for example learning_rate"},
        {P("learning_rate: 0.1"), 0, 5, 18, "write learning_rate: {value: 0.1}"},
        {P("learning_rate: {}"), 0, 5, 18, "needs value, values, min and max, or a distribution"},
        {P("learning_rate: {minimum: 1}"), 0, 5, 19, "unknown key 'minimum' in a parameter"},
        {P("learning_rate: {distribution: uniform, min: 0.1}"), 0, 5, 18,
         "needs min or max, and 'max' is missing"},
        {P("learning_rate: {distribution: log_uniform, min: -9, max: 0}"), 0, 5, 33,
         "write log_uniform_values"},
        {P("learning_rate: {distribution: q_log_uniform, min: 1, max: 2}"), 0, 5, 33,
         "write q_log_uniform_values"},
        {P("learning_rate: {distribution: unifrom, min: 1, max: 2}"), 0, 5, 33, "did you mean 'uniform'?"},
        {P("learning_rate: {min: 0.1, max: 1.0, q: 0.1}"), 0, 5, 42,
         "'q' does not belong to the distribution uniform"},
        {P("learning_rate: {distribution: normal, min: 1, max: 2}"), 0, 5, 46, "which takes mu or sigma"},
        {P("learning_rate: {value: 1, values: [1]}"), 0, 5, 37,
         "'values' does not belong to the distribution constant"},
        {P("learning_rate: {min: 1.0, max: 0.1}"), 0, 5, 24,
         "the range is upside down: min 1.0 is above max 0.1"},
        {P("learning_rate: {min: 0.5, max: 0.5}"), 0, 5, 24,
         "the range is empty: min and max are both 0.5; write value"},
        {P("learning_rate: {min: .inf, max: 1.0}"), 0, 5, 24, "must be finite"},
        {P("learning_rate: {min: 0.1, max: .nan}"), 0, 5, 34, "must be finite"},
        {P("learning_rate: {min: 0.1, max: 1e999}"), 0, 5, 34, "must be finite"},
        {P("learning_rate: {min: -1.5e308, max: 1.5e308}"), 0, 5, 24, "the range is too wide"},
        {P("learning_rate: {min: \"0.1\", max: 1.0}"), 0, 5, 24, "write 0.1 without them"},
        {P("learning_rate: {min: 1_0, max: 20}"), 0, 5, 24, "min is the word 1_0, but must be a number"},
        {P("learning_rate: {distribution: log_uniform_values, min: 0, max: 1}"), 0, 5, 58,
         "a min above 0 would do"},
        {P("learning_rate: {distribution: q_log_uniform_values, min: -1, max: 1, q: 1}"), 0, 5, 60,
         "a min above 0"},
        {P("learning_rate: {distribution: q_uniform, min: 1, max: 2, q: 0}"), 0, 5, 63,
         "q is 0, but must be a number above 0"},
        {P("learning_rate: {distribution: q_uniform, min: 1, max: 2, q: 5}"), 0, 5, 63, "a smaller q"},
        {P("learning_rate: {distribution: int_uniform, min: 1, max: 2.5}"), 0, 5, 59,
         "max is 2.5, but must be a whole number"},
        {P("learning_rate: {distribution: log_normal, mu: 0, sigma: 0}"), 0, 5, 59,
         "sigma is 0, but must be a number above 0"},
        {P("learning_rate: {values: []}"), 0, 5, 27, "a list with at least one entry"},
        {P("learning_rate: {values: 0.1}"), 0, 5, 27, "a list with at least one entry"},
        {P("learning_rate: {values: [0.1, [1]]}"), 0, 5, 33, "a value is a list, but must be a single value"},
        {P("learning_rate: {values: [0.1, 0.2], probabilities: [0.5]}"), 0, 5, 54,
         "a list of 2 numbers, one a value"},
        {P("learning_rate: {values: [0.1, 0.2], probabilities: [0.5, 0.6]}"), 0, 5, 54,
         "add up to 1.1, but must add up to 1"},
        {P("learning_rate: {values: [0.1, 0.2], probabilities: [-1, 2]}"), 0, 5, 55, "a probability is -1"},
        {P("seconds: {value: 1}"), 0, 5, 3,
         "the name of another column of the results; give the parameter another name"},
        {P("id: {value: 1}"), 0, 5, 3, "the name of another column"},
        {P("epochs: {value: 3}"), 0, 5, 3, "the stages say it"},
        {P("a.b: {value: 3}"), 0, 5, 3, "must consist of letters, digits and '_'"},
        {P("outer: {parameters: {a: {value: 1}}}"), 0, 5, 23, "nested parameters are not known here"},
    };
    CHECK(cases);
}

static void meanings(void) {
    static const BadCase cases[] = {
        {P("learning_rate: {min: 0.0, max: 1.0}"), 0, 5, 24,
         "learning_rate reaches 0, but must be a number above 0"},
        {P("learning_rate: {values: [0.1, -0.1]}"), 0, 5, 33,
         "learning_rate can be -0.1, but must be a number above 0"},
        {P("learning_rate: {values: [0.1, high]}"), 0, 5, 33, "can be the word high"},
        {P("learning_rate: {distribution: normal, mu: 0.1, sigma: 0.1}"), 0, 5, 18,
         "(4 sigma from mu), but must be a number above 0"},
        {P("momentum: {min: 0.5, max: 1.0}"), 0, 5, 29,
         "momentum reaches 1, but must be a number of at least 0 and below 1"},
        {P("momentum: {value: 1}"), 0, 5, 21, "momentum can be 1, but must be"},
        {P("momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 1}"), 0, 5, 71,
         "cannot reach 1"},
        {P("momentum: {distribution: q_beta, a: 2, b: 2, q: 0.1}"), 0, 5, 13,
         "momentum reaches 1, but must be"},
        {P("weight_decay: {min: -0.1, max: 0.1}"), 0, 5, 23,
         "weight_decay reaches -0.1, but must be a number of at least 0"},
        {P("label_smoothing: {value: 1}"), 0, 5, 28, "below 1"},
        {P("batch_size: {values: [32, 0]}"), 0, 5, 29,
         "batch_size can be 0, but must be a whole number of at least 1"},
        {P("batch_size: {values: [32, 48.5]}"), 0, 5, 29,
         "batch_size can be 48.5, but must be a whole number"},
        {P("batch_size: {min: 16.0, max: 64.0}"), 0, 5, 15, "give whole min and max to int_uniform"},
        {P("batch_size: {distribution: log_uniform_values, min: 16, max: 64}"), 0, 5, 15,
         "q_log_uniform_values with q: 1"},
        {P("batch_size: {min: 0, max: 64}"), 0, 5, 21, "batch_size reaches 0"},
        {P("gradient_clip: {value: 0}"), 0, 5, 26, "a number above 0"},
        {P("optimizer: {values: [nesterow, adam]}"), 0, 5, 24,
         "optimizer 'nesterow' is unknown; did you mean 'nesterov'?"},
        {P("optimizer: {min: 1, max: 2}"), 0, 5, 14, "optimizer takes words"},
        {P("lr_schedule: {value: linear}"), 0, 5, 24, "known: constant, step"},
        {P("rho: {value: 0.9}"), 0, 5, 3, "only the optimizer rmsprop uses it"},
        {P("optimizer: {value: adam}\n  momentum: {value: 0.9}"), 0, 6, 3,
         "only the optimizer momentum or nesterov uses it"},
        {P("lr_decay: {min: 0.1, max: 0.9}"), 0, 5, 3, "add lr_schedule: {value: step}"},
        {P("lr_schedule: {value: step}\n  lr_decay: {min: 0.5, max: 1.5}"), 0, 6, 29,
         "lr_decay (a factor on the rate) reaches 1.5"},
        {P("lr_schedule: {value: step}\n  lr_step: {value: 0.5}"), 0, 6, 20, "a whole number of at least 1"},
        {P("momentum_initial: {value: 0.5}"), 0, 5, 3,
         "momentum_initial reaches nothing without momentum_epochs"},
        {P("momentum_epochs: {value: 5}"), 0, 5, 3, "for example momentum_initial: {value: 0.5}"},
        {BASE "loss: hinge\nparameters:\n  label_smoothing: {value: 0.1}\n", 0, 6, 3,
         "the loss hinge has none"},
        {P("learning_rat: {value: 0.1}"), 0, 5, 3, "use it as $learning_rat in network"},
        {P("learning_rat: {value: 0.1}"), 0, 5, 3, "did you mean 'learning_rate'?"},
        {P("hidden: {value: 10}"), 0, 5, 3, "the parameter 'hidden' reaches nothing"},
    };
    CHECK(cases);
}

static void conditions(void) {
    static const BadCase cases[] = {
        {P("momentum: {value: 0.9, when: {optimizer: [nesterov]}}"), 0, 5, 33,
         "when names 'optimizer', which is no parameter"},
        {P("momentum: {value: 0.9, when: nesterov}"), 0, 5, 32, "for example when: {optimizer: [nesterov]}"},
        {P("optimizer: {values: [nesterov, adam]}\n  momentum: {value: 0.9, when: {optimiser: nesterov}}"), 0,
         6, 33, "did you mean 'optimizer'?"},
        {P("optimizer: {values: [nesterov, adam]}\n  momentum: {value: 0.9, when: {optimizer: nestorov}}"), 0,
         6, 44, "'nestorov' is no value of optimizer; did you mean 'nesterov'?"},
        {P("optimizer: {values: [nesterov, adam]}\n  momentum: {value: 0.9, when: {optimizer: []}}"), 0, 6,
         44, "an empty list"},
        {P("optimizer: {values: [nesterov, adam]}\n  momentum: {value: 0.9, when: {optimizer: adam}}"), 0, 6,
         3, "momentum reaches nothing"},
        {P("momentum: {value: 0.9, when: {momentum: 0.9}}"), 0, 5, 33, "cannot depend on itself"},
        {P("momentum: {value: 0.9, when: {learning_rate: 1}}\n  learning_rate: {min: 0.1, max: 1.0}"), 0, 5,
         33, "learning_rate has a range"},
        {P("momentum: {value: 0.9, when: {learning_rate: 1}}\n  learning_rate: {value: 1, when: {momentum: "
           "0.9}}"),
         0, 6, 35, "go in a circle"},
        {DATA STAGES "parameters:\n  units: {value: 8, when: {optimizer: adam}}\n  optimizer: {value: adam}\n"
                     "network: [dense: $units, dense: 3]\n",
         0, 4, 27, "must always be there; leave out its when"},
    };
    CHECK(cases);
}

#define N(line) DATA STAGES "network:\n  " line "\n"

static void network(void) {
    static const BadCase cases[] = {
        {DATA STAGES "network: []\n", 0, 3, 10, "network must be a list of layers; for example"},
        {DATA STAGES "network: dense\n", 0, 3, 10, "network must be a list of layers; for example"},
        {N("- dens: 3"), 0, 4, 5, "layer 'dens' is unknown; did you mean 'dense'?"},
        {N("- conv2d: 16"), 0, 4, 5, "the layer conv2d does not exist yet"},
        {N("- batch_norm"), 0, 4, 5, "the layer batch_norm does not exist yet"},
        {N("- dense"), 0, 4, 5, "the layer dense has no units; for example '- dense: 128'"},
        {N("- dropout"), 0, 4, 5, "the layer dropout has no rate; for example '- dropout: 0.5'"},
        {N("- dense: 0"), 0, 4, 12, "units of a dense layer is 0, but must be a whole number of at least 1"},
        {N("- dense: 2.5"), 0, 4, 12, "a whole number of at least 1"},
        {N("- dense: 1e18"), 0, 4, 12, "at most 16777216"},
        {N("- dense: ten"), 0, 4, 12, "is the word ten"},
        {N("- dense: {units: 3, size: 4}"), 0, 4, 23, "unknown key 'size' in the layer dense"},
        {N("- dense: {units: 3, init: xavier}"), 0, 4, 29, "known: auto, he, glorot or lecun"},
        {N("- dense: 3\n    name: a"), 0, 5, 5, "one layer an entry"},
        {N("- relu: 3"), 0, 4, 11, "relu takes no number; write '- relu'"},
        {N("- leaky_relu: 2"), 0, 4, 17, "at most 1"},
        {N("- dropout: 1"), 0, 4, 14,
         "rate of a dropout layer is 1, but must be a number of at least 0 and below 1"},
        {N("- [dense]"), 0, 4, 5, "a layer is a word or a word with settings"},
        {N("- dense: $units"), 0, 4, 12, "'$units' names no parameter; there are none"},
        {N("- dense: $hiden") "parameters: {hidden: {value: 4}}\n", 0, 4, 12, "did you mean 'hidden'?"},
        {N("- dense: $u") "parameters: {u: {values: [4, 0]}}\n", 0, 5, 30,
         "u (units of a dense layer) can be 0, but must be a whole number of at least 1"},
        {N("- dense: $u") "parameters: {u: {min: 4.0, max: 8.0}}\n", 0, 5, 17, "u must be whole numbers"},
        {N("- dropout: $p") "parameters: {p: {min: 0.5, max: 1.0}}\n", 0, 5, 33,
         "p (rate of a dropout layer) reaches 1, but must be a number of at least 0 and below 1"},
        {N("- dense: {units: 3, name: a}\n  - relu: {name: a}"), 0, 5, 18,
         "the layer name 'a' is taken in line 4"},
        {N("- dense: {units: 3, name: input}"), 0, 4, 29, "'input' is the network's own input"},
        {N("- dense: {units: 3, name: a/b}"), 0, 4, 29, "the layer's name 'a/b' must consist of letters"},
        {N("- dense: {units: 3, from: below}\n  - relu: {name: below}"), 0, 4, 29,
         "which is no layer above this one"},
        {N("- dense: 3\n  - add: {from: [dense1, dence1]}"), 0, 5, 26, "did you mean 'dense1'?"},
        {N("- dense: 3\n  - add"), 0, 5, 5,
         "add joins two layers or more; for example '- add: {from: [a, b]}'"},
        {N("- dense: 3\n  - add: {from: [dense1]}"), 0, 5, 17, "add joins two layers or more"},
        {N("- dense: 3\n  - relu: {from: [dense1, input]}"), 0, 5, 18, "relu takes one input"},
        {N("- dense: 3\n  - dense: {units: 3, from: input}"), 0, 4, 5, "the layer 'dense1' feeds nothing"},
    };
    CHECK(cases);
}

#define S(line) DATA NETWORK "stages:\n  " line "\n"

static void stages_and_ensemble(void) {
    static const BadCase cases[] = {
        {DATA NETWORK "stages: []\n", 0, 3, 9, "a list of at least one; for example"},
        {DATA NETWORK "stages: {name: a, trials: 1, epochs: 1}\n", 0, 3, 9,
         "a list of at least one; for example"},
        {S("- {name: a, trials: 4}"), 0, 4, 5, "the stage has no epochs; for example {name: coarse"},
        {S("- {trials: 4, epochs: 1}"), 0, 4, 5, "the stage has no name"},
        {S("- {name: a, trials: 0, epochs: 1}"), 0, 4, 23,
         "trials is 0, but must be a whole number of at least 1"},
        {S("- {name: a, trials: 1, epochs: 1.5}"), 0, 4, 34, "epochs is 1.5, but must be a whole number"},
        {S("- {name: a, trials: 1, epoch: 1}"), 0, 4, 26, "did you mean 'epochs'?"},
        {S("- {name: a, trials: 4, epochs: 1}\n  - {name: a, trials: 4, epochs: 1}"), 0, 5, 12,
         "every stage needs its own name"},
        {S("- {name: a, trials: 2147483648, epochs: 1}\n  - {name: b, trials: 4, epochs: 1}"), 0, 5, 5,
         "2147483648 is the most"},
        {S("- {name: a, trials: 4, epochs: 1, zoom: {keep: 0.2}}"), 0, 4, 43,
         "the first stage has no stage before it"},
        {S("- {name: a, trials: 4, epochs: 1}\n  - {name: b, trials: 4, epochs: 1, zoom: {keep: 0}}"), 0, 5,
         50, "keep is 0, but must be a number above 0 and at most 1"},
        {S("- {name: a, trials: 4, epochs: 1}\n  - {name: b, trials: 4, epochs: 1, zoom: {kep: 0.1}}"), 0, 5,
         44, "did you mean 'keep'?"},
        {S("- {name: a, trials: 4, epochs: 1}\n  - {name: b, trials: 4, epochs: 1, zoom: 0.2}"), 0, 5, 43,
         "zoom is a single value here, but must be a mapping"},
        {BASE "ensemble: {method: best}\n", 0, 4, 20, "known: greedy or top"},
        {BASE "ensemble: {size: 0}\n", 0, 4, 18, "size is 0, but must be a whole number of at least 1"},
        {BASE "ensemble: {method: top, size: 9, pool: 5}\n", 0, 4, 40, "a pool of at least 9 would do"},
        {BASE "ensemble: {size: 2, sorted: 3}\n", 0, 4, 29, "at most 2"},
        {BASE "ensemble: {bag_part: 1.5}\n", 0, 4, 22, "above 0 and at most 1"},
        {BASE "ensemble: greedy\n", 0, 4, 11, "ensemble is a single value here, but must be a mapping"},
    };
    CHECK(cases);
}

void add_bad_suite(void) {
    static const TestCase tests[] = {
        {"wrong settings of the campaign are told with place and remedy", top_level},
        {"wrong data settings are told with place and remedy", data},
        {"wrong distributions are told with place and remedy", distributions},
        {"values that a name cannot take, and names that reach nothing, are refused", meanings},
        {"wrong conditions are told with place and remedy", conditions},
        {"wrong layers are told with place and remedy", network},
        {"wrong stages and ensembles are told with place and remedy", stages_and_ensemble},
    };
    SUITE("bad configurations", tests);
}
