"""Models of other forms: a ResidualNet that imitates them."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ._arrays import Floats, samples
from ._errors import InputError
from ._network import Front, Network
from ._torch_net import ResidualNet, tensor


@dataclass(frozen=True, eq=False)
class Distilled:
    """A ResidualNet that imitates another model.

    Attributes:
        model: the trained module, on what the front gives.
        front: samples as the model takes them: each entry and its complement, scaled to 0 to 1 by what the samples span.
        agreement: share of held-out samples whose label is the teacher's.
        network: for hqrn, with its front.

    >>> import torch, hqrn.torch
    >>> X = torch.randn(40, 2)
    >>> found = hqrn.torch.distil(lambda x: x, X, dim=4, depth=1, epochs=2)
    >>> found.network.predict(X[:3]).shape
    (3, 2)
    """

    model: ResidualNet
    front: Front
    agreement: float
    network: Network


def distil(
    teacher: Callable[[Tensor], Any],
    X: Any,
    *,
    dim: int,
    depth: int,
    epochs: int = 300,
    rate: float = 3e-3,
    batch: int = 128,
    held_out: float = 0.2,
    seed: int = 0,
    name: str = "distilled",
) -> Distilled:
    """Trains a ResidualNet of chosen width and depth to imitate any model, and says how far it does on samples that were held out.

    Args:
        teacher: any callable that gives scores (logits) of samples, S x classes.
        X: samples, S x D, of any sign.
        dim, depth: of the blocks.
        epochs, rate, batch: of Adam, on the divergence from the teacher's softmax.
        held_out: share of the samples that agreement is measured on.
        name: of the network.

    >>> import torch, hqrn.torch
    >>> X = torch.rand(60, 2)
    >>> found = hqrn.torch.distil(lambda x: torch.stack([x[:, 0], x[:, 1]], dim=1), X, dim=4, depth=1, epochs=5)
    >>> 0.0 <= found.agreement <= 1.0
    True
    """
    values = samples(X)
    low, high = values.min(axis=0), values.max(axis=0)
    span = np.where(high > low, high - low, 1.0)

    def front(rows: Any) -> Floats:
        scaled = np.clip((samples(rows) - low) / span, 0.0, 1.0)
        return np.concatenate([scaled, 1.0 - scaled], axis=1)

    with torch.no_grad():
        given = tensor(values).to(torch.get_default_dtype())
        scores = torch.as_tensor(teacher(given)).detach().to(given)
    if scores.ndim != 2 or len(scores) != len(values):
        raise InputError(f"teacher: gives shape {tuple(scores.shape)}, expected {len(values)} x classes")
    inputs = tensor(front(values)).to(given)
    order = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(len(values), generator=order)
    kept = max(1, int(len(values) * held_out))
    if kept >= len(values):
        raise InputError(f"X: {len(values)} samples, expected more than are held out")
    test, train = shuffled[:kept], shuffled[kept:]
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    model = ResidualNet(dim, depth, inputs=inputs.shape[1], classes=scores.shape[1])
    torch.random.set_rng_state(state)
    wanted = torch.softmax(scores, dim=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    best, least = copy.deepcopy(model.state_dict()), math.inf
    for _ in range(epochs):
        total = 0.0
        for rows in train[torch.randperm(len(train), generator=order)].split(batch):
            optimizer.zero_grad()
            loss = nn.functional.kl_div(torch.log_softmax(model(inputs[rows]), dim=1), wanted[rows], reduction="batchmean")
            loss.backward()
            optimizer.step()
            total += float(loss) * len(rows)
        if total < least:
            best, least = copy.deepcopy(model.state_dict()), total
    model.load_state_dict(best)
    with torch.no_grad():
        agree = model(inputs[test]).argmax(dim=1) == scores[test].argmax(dim=1)
    return Distilled(model, front, float(agree.double().mean()), model.network(name, front))
