"""PyTorch's training step on one core; run as a script by a Python that has PyTorch, which needs nothing else.

Prints one JSON object: milliseconds a step, the median, of each network.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any, Final

BATCH_SIZE: Final = 256
STEPS: Final = 120
FEATURES: Final = 14
TIMED: Final = 60
WARM_UP: Final = 10
NETWORKS: Final = {"LSTM 16": ("LSTM", 16, 1), "LSTM 32": ("LSTM", 32, 1), "two GRU 32": ("GRU", 32, 2)}


def _milliseconds(kind: str, units: int, layers: int) -> float:
    import torch

    body = getattr(torch.nn, kind)(FEATURES, units, num_layers=layers, batch_first=True)
    head = torch.nn.Linear(units, 1)
    optimizer = torch.optim.RMSprop([*body.parameters(), *head.parameters()])
    windows, targets = torch.randn(BATCH_SIZE, STEPS, FEATURES), torch.randn(BATCH_SIZE, 1)

    def step() -> float:
        began = time.perf_counter()
        optimizer.zero_grad()
        hidden: Any = body(windows)[0]
        torch.nn.functional.mse_loss(head(hidden[:, -1]), targets).backward()
        optimizer.step()
        return 1000 * (time.perf_counter() - began)

    return statistics.median([step() for _ in range(WARM_UP + TIMED)][WARM_UP:])


def main() -> None:
    """Time each network on one core."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    print(json.dumps({name: _milliseconds(*network) for name, network in NETWORKS.items()}))


if __name__ == "__main__":
    main()
