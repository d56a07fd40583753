"""The configurations that the comparison of zoom rules runs."""

MOMENTUM = {
    "nesterov": "  momentum: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.99}",
    "adam": "  beta1: {distribution: reverse_log_uniform_values, min: 0.5, max: 0.99}",
}


def stages(plan, zoom):
    lines = []
    for number, (trials, epochs) in enumerate(plan):
        tail = f", zoom: {zoom}" if number else ""
        lines.append(f"  - {{name: stage{number}, trials: {trials}, epochs: {epochs}{tail}}}\n")
    return "".join(lines)


def formula(plan, zoom, low, high):
    """For `winnow bench search`: label_smoothing and gradient_clip are without influence there."""
    return f"""name: formula
data: {{format: synthetic, kind: blobs}}
network: [{{dense: $hidden}}, relu, {{dropout: $dropout}}, {{dense: 3}}]
parameters:
  optimizer: {{values: [nesterov, momentum]}}
  learning_rate: {{distribution: log_uniform_values, min: {low}, max: {high}}}
  momentum: {{distribution: reverse_log_uniform_values, min: 0.5, max: 0.99}}
  weight_decay: {{distribution: log_uniform_values, min: 1e-6, max: 1e-2}}
  hidden: {{distribution: q_log_uniform_values, min: 64, max: 512, q: 32}}
  dropout: {{min: 0.0, max: 0.5}}
  label_smoothing: {{min: 0, max: 0.2}}
  gradient_clip: {{distribution: log_uniform_values, min: 0.1, max: 10}}
ensemble: false
stages:
{stages(plan, zoom)}"""


def images(seed, optimizer, plan, zoom, low, high):
    """For `winnow run`, beside the files of data.py."""
    return f"""name: images
seed: {seed}
data: {{format: idx, train: {{images: train-images, labels: train-labels}},
       test: {{images: test-images, labels: test-labels}}, validation: 1000}}
network: [{{dense: $hidden}}, relu, {{dropout: $dropout}}, {{dense: 10}}]
parameters:
  optimizer: {{value: {optimizer}}}
  learning_rate: {{distribution: log_uniform_values, min: {low}, max: {high}}}
{MOMENTUM[optimizer]}
  weight_decay: {{distribution: log_uniform_values, min: 1e-6, max: 1e-2}}
  hidden: {{distribution: q_log_uniform_values, min: 16, max: 64, q: 8}}
  dropout: {{min: 0.0, max: 0.5}}
  batch_size: {{values: [32, 64]}}
ensemble: false
stages:
{stages(plan, zoom)}"""
