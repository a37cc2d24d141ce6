"""Networks for torch: the one to train, and one that behaves as the hardware will. Needs torch (`pip install torch`).

    model = hqrn.torch.ResidualNet(64, 10, classes=10)
    ... train it as any module ...
    noisy = hqrn.torch.Compiled(model, machine="boston.json", shots=10_000)
    ... train that on, and it learns to live with the noise ...
    hqrn.compile(noisy.network(), machine="boston.json")
"""

from ._call import needs

with needs("torch"):
    from ._torch_compiled import Backend, Compiled
    from ._torch_distil import Distilled, distil
    from ._torch_net import ResidualNet, normalise

__all__ = ["Backend", "Compiled", "Distilled", "ResidualNet", "distil", "normalise"]
