"""What users bring as numbers: arrays of any layout, read right or refused by name."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._errors import InputError

Floats = NDArray[np.float64]


def numbers(given: ArrayLike, name: str, dimensions: int) -> Floats:
    """An array of finite numbers with so many dimensions; whole numbers and narrower floats are taken, nothing else."""
    array = array_of(given, name)
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name}: dtype {array.dtype}, expected real numbers")
    if array.ndim != dimensions:
        raise InputError(f"{name}: shape {array.shape}, expected {dimensions} dimension{'s' if dimensions > 1 else ''}")
    values = np.asarray(array, dtype=np.float64)
    finite = np.isfinite(values)
    if not finite.all():
        at = tuple(int(i) for i in np.argwhere(~finite)[0])
        place = "".join(f"[{i}]" for i in at)
        raise InputError(f"{name}{place}: {values[at]}, expected a finite number")
    return values


def samples(given: ArrayLike, name: str = "X") -> Floats:
    """Samples, a row each; images and other shapes are flattened, a single sample is refused."""
    array = array_of(given, name)
    if array.ndim > 2 and array.dtype.kind in "biuf":
        array = array.reshape(len(array), -1)
    return numbers(array, name, 2)


def labels(given: ArrayLike, count: int, name: str = "y", classes: int | None = None) -> NDArray[np.int64]:
    """A class for each of so many samples, from 0, of so many."""
    array = array_of(given, name)
    if array.dtype.kind not in "iu":
        raise InputError(f"{name}: dtype {array.dtype}, expected whole numbers")
    if array.shape != (count,):
        raise InputError(f"{name}: shape {array.shape}, expected ({count},): one label a sample")
    if count and int(array.min()) < 0:
        at = int(np.argmax(array < 0))
        raise InputError(f"{name}[{at}]: {array[at]}, expected a class, 0 or more")
    if count and classes is not None and int(array.max()) >= classes:
        at = int(np.argmax(array >= classes))
        raise InputError(f"{name}[{at}]: {array[at]}, expected a class from 0 to {classes - 1}: the network has {classes}")
    return np.ascontiguousarray(array, dtype=np.int64)


def of_tensor(tensor: Any) -> NDArray[Any]:
    """A tensor of torch as an array, by DLPack, which needs no torch that was built with this numpy; narrow floats become wide ones."""
    bare = tensor.detach().cpu().resolve_conj().contiguous()
    if not bare.dtype.is_complex:
        bare = bare.double() if bare.dtype.is_floating_point else bare.long()
    array: NDArray[Any] = np.from_dlpack(bare)
    return array


def array_of(given: ArrayLike, name: str) -> NDArray[Any]:
    """Whatever it is as an array: lists, tables of pandas, tensors of torch."""
    if callable(getattr(given, "detach", None)):
        given = of_tensor(given)
    try:
        return np.asarray(given)
    except ValueError as error:
        raise InputError(f"{name}: no array: {' '.join(str(error).split())}") from None
