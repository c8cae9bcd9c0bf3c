"""The three recurrences written out step by step in plain NumPy, as Keras defines them.

Each function takes a layer's weights and one batch of sequences [batch, steps, features],
starts from a state of zeros and returns the state after every step, [batch, steps, units].

Recurrent dropout multiplies the state, wherever it enters a product with the recurrent kernel,
by a mask [batch, units] of zeros and 1 / (1 - rate). Each gate has its own mask, drawn once per
sequence: the same at every step.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def sigmoid(values: Array) -> Array:
    """Returns 1 / (1 + exp(-values)), written so that no exponential overflows."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def simple_rnn_steps(
    sequences: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array,
    masks: Array | None = None,
) -> Array:
    """Returns a SimpleRNN's states: h = tanh(x W + h U + b).

    Args:
        sequences: [batch, steps, features].
        kernel: W, [features, units].
        recurrent_kernel: U, [units, units].
        bias: b, [units].
        masks: [1, batch, units], or None without recurrent dropout.
    """
    batch, steps, _ = sequences.shape
    units = recurrent_kernel.shape[0]
    (mask,) = _masks(masks, 1)
    state = np.zeros((batch, units), sequences.dtype)
    states = []
    for step in range(steps):
        state = np.tanh(sequences[:, step] @ kernel + (state * mask) @ recurrent_kernel + bias)
        states.append(state)
    return np.stack(states, axis=1)


def lstm_steps(
    sequences: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array,
    masks: Array | None = None,
) -> tuple[Array, Array]:
    """Returns an LSTM's states and carries, both [batch, steps, units].

    The carry keeps what the forget gate lets through and takes in what the input gate lets in;
    the state is as much of it as the output gate shows.

    Args:
        sequences: [batch, steps, features].
        kernel: [features, 4 * units], in the order input, forget, candidate, output.
        recurrent_kernel: [units, 4 * units], in the same order.
        bias: [4 * units], in the same order.
        masks: [4, batch, units] in the same order, or None without recurrent dropout.
    """
    batch, steps, _ = sequences.shape
    units = recurrent_kernel.shape[0]
    gate_masks = _masks(masks, 4)
    recurrent_kernels = np.split(recurrent_kernel, 4, axis=1)
    state = np.zeros((batch, units), sequences.dtype)
    carry = np.zeros((batch, units), sequences.dtype)
    states, carries = [], []
    for step in range(steps):
        from_inputs = np.split(sequences[:, step] @ kernel + bias, 4, axis=1)
        entering, keeping, proposing, showing = (
            part + (state * mask) @ weights
            for part, mask, weights in zip(from_inputs, gate_masks, recurrent_kernels, strict=True)
        )
        carry = sigmoid(keeping) * carry + sigmoid(entering) * np.tanh(proposing)
        state = sigmoid(showing) * np.tanh(carry)
        states.append(state)
        carries.append(carry)
    return np.stack(states, axis=1), np.stack(carries, axis=1)


def gru_steps(
    sequences: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array,
    masks: Array | None = None,
) -> Array:
    """Returns the states of a GRU whose reset gate acts after the recurrent product.

    The update gate says how much of the last state stays; the rest is a candidate, for which
    the reset gate says how much the last state counts.

    Args:
        sequences: [batch, steps, features].
        kernel: [features, 3 * units], in the order update, reset, candidate.
        recurrent_kernel: [units, 3 * units], in the same order.
        bias: [2, 3 * units]: the inputs' bias, then the recurrent one.
        masks: [3, batch, units] in the same order, or None without recurrent dropout.
    """
    batch, steps, _ = sequences.shape
    units = recurrent_kernel.shape[0]
    gate_masks = _masks(masks, 3)
    recurrent_kernels = np.split(recurrent_kernel, 3, axis=1)
    input_bias, recurrent_bias = bias
    recurrent_biases = np.split(recurrent_bias, 3)
    state = np.zeros((batch, units), sequences.dtype)
    states = []
    for step in range(steps):
        update_in, reset_in, candidate_in = np.split(sequences[:, step] @ kernel + input_bias, 3, axis=1)
        update_back, reset_back, candidate_back = (
            (state * mask) @ weights + part
            for mask, weights, part in zip(gate_masks, recurrent_kernels, recurrent_biases, strict=True)
        )
        update = sigmoid(update_in + update_back)
        reset = sigmoid(reset_in + reset_back)
        candidate = np.tanh(candidate_in + reset * candidate_back)
        state = update * state + (1.0 - update) * candidate
        states.append(state)
    return np.stack(states, axis=1)


def _masks(masks: Array | None, gates: int) -> Array:
    if masks is None:
        return np.ones((gates, 1, 1))
    return masks
