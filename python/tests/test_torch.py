"""Networks of torch: what can be compiled, what cannot and why, and training against noise."""

import re

import numpy as np
import pytest

import hqrn

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

import hqrn.torch  # noqa: E402


def tensor(values):
    """By DLPack, as a torch that was built with another numpy takes no arrays."""
    return torch.from_dlpack(np.ascontiguousarray(values))


def array(values):
    return np.from_dlpack(values.detach())


def trained(flowers, epochs=60):
    """A small net that knows the flowers."""
    torch.manual_seed(0)
    model = hqrn.torch.ResidualNet(4, 2, classes=3)
    X, y = (tensor(values) for values in flowers["train"])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(X.float()), y).backward()
        optimizer.step()
    return model


def test_a_module_is_the_network(flowers):
    model = trained(flowers)
    network = model.network("flowers")
    X = flowers["test"][0]
    with torch.no_grad():
        assert np.allclose(network.predict(X), array(model(tensor(X).float())), atol=1e-4)
    assert hqrn.compile(network).report.verified
    same = hqrn.Network.from_torch(model.state_dict(), name="flowers")
    assert np.array_equal(same.predict(X), network.predict(X))


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "softplus", "exp", "square"])
def test_all_activations_are_those_of_hqrn(activation):
    torch.manual_seed(1)
    model = hqrn.torch.ResidualNet(4, 3, inputs=6, classes=2, alpha=0.3, activation=activation)
    x = torch.rand(7, 6)
    with torch.no_grad():
        assert np.allclose(model.network().predict(x), array(model(x)), atol=1e-4)
        assert np.allclose(array(hqrn.torch.Compiled(model)(x)), model.network().predict(x), atol=1e-9)


def test_modules_are_saved_and_read(flowers, tmp_path):
    model = trained(flowers, epochs=2)
    folder = model.save_pretrained(tmp_path / "net")
    again = hqrn.torch.ResidualNet.from_pretrained(folder)
    assert again.config == model.config
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])


class Wrapped(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.features = layer


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Wrapped(nn.Conv2d(1, 4, 3)), "features: Conv2d works on images; keep it classical: front="),
        (nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4)), "1: LayerNorm normalises by mean and variance"),
        (nn.Sequential(nn.Linear(4, 4), nn.Softmax(dim=1)), "1: Softmax is no part of the network"),
        (nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)), "0.weight: no part of a residual network, .* widths 3, 4, 8"),
        ({"blocks.0.weight": torch.ones(4, 4), "blocks.1.weight": torch.ones(8, 4)}, "blocks.1.weight: 8 rows, expected 4: all blocks have one width; pad"),
        ({"blocks.0.weight": torch.ones(4, 4, 3, 3)}, "a convolution"),
        ({"blocks.0.weight": torch.full((2, 2), float("nan"))}, r"blocks.0.weight\[0\]\[0\]: nan, expected a finite number"),
        ({}, "no blocks.K.weight"),
        (3, "int, expected an nn.Module or its state dict"),
    ],
)
def test_what_is_no_such_network_is_told_why(model, message):
    with pytest.raises(hqrn.InputError, match=message) as caught:
        hqrn.Network.from_torch(model)
    assert "\n" not in str(caught.value)


def test_another_function_with_the_same_names_is_noticed():
    class Plain(hqrn.torch.ResidualNet):
        def forward(self, x):
            for block in self.blocks:
                x = x + torch.relu(block(x))
            return x

    with pytest.raises(hqrn.InputError, match="not the function"):
        hqrn.Network.from_torch(Plain(4, 2))


def test_shots_are_multinomial():
    network = hqrn.Network.from_arrays([[[2.0, 1.0], [-1.0, 0.5]]])
    module = hqrn.torch.Compiled(network, shots=50)
    y = torch.tensor([[0.25, 0.75]], dtype=torch.float64)
    noise = torch.cat([module._shot_noise(0, y.repeat(20_000, 1)) for _ in range(5)])
    expected = torch.zeros(2, dtype=torch.float64)
    table = hqrn.compile(network).tables()[0]
    for gamma, p in (table.plus, table.minus):
        mean = (y @ tensor(p).T)[0]
        expected += gamma**2 * mean * (1 - mean) / 50
    assert torch.allclose(noise.var(dim=0), expected, rtol=0.03)
    assert (noise.mean(dim=0).abs() < 5 * (expected / len(noise)).sqrt()).all()
    again = hqrn.torch.Compiled(network, shots=50)
    assert torch.equal(again(y.repeat(10, 1)), hqrn.torch.Compiled(network, shots=50)(y.repeat(10, 1)))


def test_gradients_are_those_of_the_exact_map(flowers):
    network = trained(flowers, epochs=5).network()
    X = tensor(flowers["test"][0][:8])
    exact, shot = hqrn.torch.Compiled(network), hqrn.torch.Compiled(network, shots=10**9)
    for module in (exact, shot):
        module(X).square().sum().backward()
    for one, other in zip(exact.parameters(), shot.parameters()):
        assert torch.allclose(one.grad, other.grad, rtol=1e-2, atol=1e-2 * float(one.grad.abs().max()))
    parameter = exact.weights[0]
    with torch.no_grad():
        before = exact(X).square().sum()
        parameter[0, 1] += 1e-6
        slope = (exact(X).square().sum() - before) / 1e-6
    assert float(slope) == pytest.approx(float(parameter.grad[0, 1]), rel=1e-3, abs=1e-3)


def test_noise_is_what_the_circuits_have(circuits, flowers):
    network = trained(flowers).network()
    module = hqrn.torch.Compiled(network, noise="superconducting")
    X = flowers["test"][0]
    labels = array(module(tensor(X)).argmax(dim=1))
    report = hqrn.run(hqrn.compile(network, quiet=True), X, shots=float("inf"), noise="superconducting")
    assert report.points[0].disagreement == pytest.approx(np.mean(labels != network.labels(X)))
    machine = hqrn.torch.Compiled(network, machine=circuits / "boston-line.json", shots=100)
    assert machine(tensor(X)).shape == (len(X), 3)


def test_finetuning_beats_the_noise(flowers):
    network = trained(flowers).network()
    noise = {"two_qubit": {"depolarising": 0.08}}
    module = hqrn.torch.Compiled(network, noise=noise, shots=2000, weights=False)
    X, y = (tensor(values) for values in flowers["train"])
    test, truth = (tensor(values) for values in flowers["test"])

    def error():
        module.shots = 20_000
        with torch.no_grad():
            wrong = float((module(test).argmax(dim=1) != truth).double().mean())
        module.shots = 2000
        return wrong

    before = error()
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-2)
    for _ in range(150):
        optimizer.zero_grad()
        nn.functional.cross_entropy(module(X), y).backward()
        optimizer.step()
    assert error() < before
    tuned = module.network()
    # The circuits stay what they were: biases and head alone have moved.
    assert all(np.array_equal(a.weight, b.weight) for a, b in zip(tuned.blocks, network.blocks))
    assert not np.array_equal(tuned.head[0], network.head[0])


def test_weights_move_the_circuits(flowers):
    network = trained(flowers, epochs=5).network()
    module = hqrn.torch.Compiled(network, noise="superconducting")
    X = tensor(flowers["test"][0])
    with torch.no_grad():
        module.weights[0][0, 0] += 0.25
        moved = module(X)
    assert module.network().blocks[0].weight[0, 0] == network.blocks[0].weight[0, 0] + 0.25
    refreshed = module.refresh()(X)
    assert not torch.equal(moved, refreshed) and torch.allclose(moved, refreshed, atol=0.5)


def test_a_backend_measures_the_columns(flowers):
    network = trained(flowers, epochs=5).network()
    asked = []

    def backend(block, programs, shots):
        """Draws what the circuits say, as a client would count it."""
        asked.append((block, len(programs), shots))
        contract = programs[0].contract
        table = hqrn.compile(network, quiet=True).tables()[block - 1]
        rng, counts = np.random.default_rng(block), []
        for m in range(len(programs)):
            words = {}
            for (_, p), sign in ((table.plus, contract.plus), (table.minus, contract.minus)):
                column = np.append(p[:, m], max(0.0, 1 - p[:, m].sum()))
                drawn = rng.choice(len(column), size=shots, p=column / column.sum())
                for shot, n in enumerate(drawn):
                    word = words.setdefault(shot, {})
                    if n < len(p):
                        word.update({bit: n >> i & 1 for i, bit in enumerate(sign.output)})
                        word.update(sign.accept)
                    else:
                        word.update({bit: 1 - value for bit, value in sign.accept.items()})
            width = int(re.search(r"creg c\[(\d+)\]", programs[m])[1])
            counted = {}
            for word in words.values():
                text = "".join(str(word.get(bit, 0)) for bit in reversed(range(width)))
                counted[text] = counted.get(text, 0) + 1
            counts.append(counted)
        return counts

    module = hqrn.torch.Compiled(network, backend=backend, backend_shots=4000)
    assert asked == [(1, 4, 4000), (2, 4, 4000)]
    X = tensor(flowers["test"][0])
    exact = hqrn.torch.Compiled(network)(X)
    assert 0 < float((module(X) - exact).abs().max()) < 0.2 * float(exact.abs().max())


def test_another_model_is_distilled():
    torch.manual_seed(2)
    teacher = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
    X = torch.randn(400, 3)
    found = hqrn.torch.distil(teacher, X, dim=8, depth=2, epochs=60, rate=1e-2)
    assert found.agreement > 0.85
    assert np.array_equal(found.network.labels(X), array(found.model(tensor(found.front(X)).float()).argmax(dim=1)))
    assert hqrn.compile(found.network).report.verified
