from collections.abc import Callable, Sequence
from typing import final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = tuple[float, Floats]

def main(name: str, args: Sequence[str]) -> int: ...
def call(
    name: str,
    args: Sequence[str],
    threads: int | None = None,
    progress: Callable[[str, str, int, int], None] | None = None,
) -> tuple[int, str, str]: ...
def tables(
    network: Network,
    texts: Sequence[str],
    noise_model: str | None = None,
    machine: Sequence[bytes] = ...,
    waits: bool = False,
    trajectories: int = 100,
    seed: int = 0,
    threads: int | None = None,
) -> list[tuple[Table | None, Table | None, bool]]: ...
def sample(probabilities: Floats, shots: int, seed: int) -> Floats: ...
@final
class Network:
    name: str
    family: str
    input_dim: int
    classes: int | None
    parts: int
    @staticmethod
    def read(data: bytes, name: str) -> Network: ...
    def to_json(self) -> str: ...
    def to_safetensors(self) -> bytes: ...
    def weight(self, k: int) -> Floats: ...
    def block(self, k: int) -> tuple[list[float], float, str, str]: ...
    def predict(self, x: Floats, threads: int | None) -> Floats: ...
    def states(self, x: Floats) -> Floats: ...
