"""Models of torch, and why one is no network of this form: every refusal names the layer, says why and what can be done."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ._arrays import Floats, numbers
from ._errors import InputError

KNOWN = re.compile(r"(input|head|blocks\.\d+)\.(weight|bias)")
PREFIXES = ("module.", "_orig_mod.", "model.")
SAMPLES = 10

DISTIL = "hqrn.torch.distil(model, X) trains a ResidualNet that imitates it"
FRONT = "keep it classical: front= takes any function whose output is the input of the first block"

# What layers are by the beginning of their class's name, and what can be done.
FOREIGN = (
    (("Conv", "MaxPool", "AvgPool", "AdaptiveAvgPool", "Unfold"), f"works on images; {FRONT}"),
    (("LayerNorm", "RMSNorm", "GroupNorm"), f"normalises by mean and variance, where blocks divide by the sum; {DISTIL}"),
    (("BatchNorm",), f"normalises across samples, where blocks divide by the sum of each; {DISTIL}"),
    (("Softmax", "LogSoftmax"), "is no part of the network: labels are the largest scores without it; take it out"),
    (("Embedding", "LSTM", "GRU", "RNN", "Transformer", "MultiheadAttention"), f"is no linear map with an activation; {FRONT}"),
    (("GELU", "SiLU", "Tanh", "ELU", "LeakyReLU", "PReLU", "Mish"), f"takes values below zero, which no probability has; {DISTIL}"),
)


def weights(model: Any, name: str, alpha: float | None, activation: str, formula: str) -> dict[str, Any]:
    """Weights JSON of a model or of a state dict."""
    module = model if hasattr(model, "state_dict") and hasattr(model, "named_modules") else None
    if module is None and not isinstance(model, Mapping):
        raise InputError(f"model: {type(model).__name__}, expected an nn.Module or its state dict")
    if module is not None:
        _refuse_layers(module)
    given: Mapping[str, Any] = module.state_dict() if module is not None else model
    tensors = {_bare(key, given): value for key, value in given.items()}
    _refuse_names(tensors)
    depth = len({key.split(".")[1] for key in tensors if key.startswith("blocks.")})
    if depth == 0:
        raise InputError(f"model: no blocks.K.weight, expected residual blocks of one width; {DISTIL}")
    if alpha is None:
        alpha = float(getattr(module, "alpha", 0.5))
    dim = len(_weight(tensors, "blocks.0"))
    blocks = [
        {**_affine(tensors, f"blocks.{k}", dim, dim), "alpha": float(alpha), "activation": activation} for k in range(depth)
    ]
    network: dict[str, Any] = {"format": "hqrn-weights", "version": 1, "name": name, "blocks": blocks}
    if any(key.startswith("input.") for key in tensors):
        projection = _affine(tensors, "input", rows=dim)
        network["input"] = {"dim": len(projection["weight"][0]), "projection": projection}
    if any(key.startswith("head.") for key in tensors):
        network["head"] = _affine(tensors, "head", columns=dim)
    if module is None:
        # Of whose function nothing else is known: that it is this one is what the caller says.
        network["formula"] = formula
    else:
        network["expect"] = _expected(module, network.get("input", {}).get("dim", dim))
    return network


def _bare(key: str, given: Mapping[str, Any]) -> str:
    """The name without what wrappers of modules put before every one."""
    stripped = key
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in given):
            stripped = stripped.removeprefix(prefix)
    return stripped


def _refuse_layers(module: Any) -> None:
    for name, layer in module.named_modules():
        kind = type(layer).__name__
        for beginnings, why in FOREIGN:
            if any(re.match(rf"{beginning}(\d?d|Cell|Encoder|Decoder|Layer)*$", kind) for beginning in beginnings):
                raise InputError(f"{name or 'model'}: {kind} {why}")


def _refuse_names(tensors: Mapping[str, Any]) -> None:
    strangers = [key for key in tensors if not KNOWN.fullmatch(key)]
    if not strangers:
        return
    shapes = [np.shape(tensors[key]) for key in strangers if key.endswith("weight")]
    widths = sorted({side for shape in shapes if len(shape) == 2 for side in shape})
    why = "expected input, blocks.K or head, each .weight or .bias"
    if shapes and all(len(shape) == 2 for shape in shapes):
        listed = ", ".join(str(width) for width in widths)
        why += f"; a plain stack of linear layers of widths {listed} does not divide by sums; {DISTIL}"
    raise InputError(f"{strangers[0]}: no part of a residual network, {why}")


def _weight(tensors: Mapping[str, Any], part: str) -> Floats:
    if f"{part}.weight" not in tensors:
        raise InputError(f"{part}.weight: missing")
    shape = tuple(np.shape(tensors[f"{part}.weight"]))
    if len(shape) > 2:
        raise InputError(f"{part}.weight: shape {shape}, a convolution, expected a linear layer; {FRONT}")
    return numbers(tensors[f"{part}.weight"], f"{part}.weight", 2)


def _affine(tensors: Mapping[str, Any], part: str, rows: int | None = None, columns: int | None = None) -> dict[str, Any]:
    weight = _weight(tensors, part)
    for what, found, wanted in (("rows", weight.shape[0], rows), ("columns", weight.shape[1], columns)):
        if wanted not in (None, found):
            raise InputError(
                f"{part}.weight: {found} {what}, expected {wanted}: all blocks have one width; pad the narrower layers with "
                "zeros, or use an input layer to come to it and a head to leave it"
            )
    given = tensors.get(f"{part}.bias")
    bias = np.zeros(len(weight)) if given is None else numbers(given, f"{part}.bias", 1)
    if len(bias) != len(weight):
        raise InputError(f"{part}.bias: {len(bias)} entries, expected {len(weight)}")
    return {"weight": weight.tolist(), "bias": bias.tolist()}


def _expected(module: Any, entries: int) -> dict[str, Any]:
    """Ten inputs, and what the model makes of them."""
    import torch

    training = module.training
    with torch.no_grad():
        module.eval()
        kind = next(module.parameters())
        inputs = torch.rand(SAMPLES, entries, generator=torch.Generator().manual_seed(0))
        try:
            outputs = module(inputs.to(kind)).cpu().double()
        except (RuntimeError, ValueError, TypeError) as error:
            said = " ".join(str(error).split())
            raise InputError(f"model: does not take {SAMPLES} x {entries} inputs: {said}") from None
        finally:
            module.train(training)
    return {"inputs": inputs.double().tolist(), "outputs": outputs.tolist()}
