"""Networks: arrays of any kind are read right or refused by name."""

import pickle
import re

import numpy as np
import pytest

import hqrn


def test_a_file_predicts_as_by_hand(circuits):
    network = hqrn.Network.from_file(circuits / "four.json")
    block = network.blocks[0]
    x = np.array([0.1, 0.2, 0.3, 0.4])
    z = np.maximum(block.weight @ x + block.bias, 0)
    expected = block.alpha * x + (1 - block.alpha) * z / z.sum()
    assert np.allclose(network.predict([x])[0], expected, atol=1e-15)
    assert np.allclose(network.states([x])[0], [x, expected], atol=1e-15)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int8, np.uint16, np.int64, bool, ">f8"])
def test_any_real_dtype_is_read(iris, kind):
    X = (np.arange(20).reshape(5, 4) % 3 + 1).astype(kind)
    assert np.array_equal(iris.predict(X), iris.predict(X.astype(float).tolist()))


def test_any_order_in_memory_is_read(iris):
    X = np.arange(1.0, 41.0).reshape(10, 4)
    wanted = iris.predict(X)
    assert np.array_equal(iris.predict(np.asfortranarray(X)), wanted)
    assert np.array_equal(iris.predict(X[::-1])[::-1], wanted)
    wide = np.zeros((10, 8))
    wide[:, ::2] = X
    assert np.array_equal(iris.predict(wide[:, ::2]), wanted)
    assert np.array_equal(iris.predict(np.broadcast_to(X[0], (3, 4))), np.repeat(wanted[:1], 3, axis=0))
    X.flags.writeable = False
    assert np.array_equal(iris.predict(X), wanted)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1, 2, np.nan, 4]], "X[0][2]: nan, expected a finite number"),
        ([[1, 2, 3]], "X[0]: 3 entries, expected 4"),
        ([1, 2, 3, 4], "X: shape (4,), expected 2 dimensions"),
        ([["a", "b", "c", "d"]], "X: dtype <U1, expected real numbers"),
        ([[1j, 0, 0, 0]], "X: dtype complex128, expected real numbers"),
        ([[1, 2, 3, object()]], "X: dtype object, expected real numbers"),
    ],
)
def test_what_is_no_sample_is_refused_by_name(iris, X, message):
    with pytest.raises(hqrn.InputError) as caught:
        iris.predict(X)
    assert str(caught.value) == message


def test_ragged_rows_are_refused(iris):
    with pytest.raises(hqrn.InputError, match="X: no array: "):
        iris.predict([[1, 2], [3]])


def test_no_samples_are_no_rows(iris):
    assert iris.predict(np.zeros((0, 4))).shape == (0, 3)


@pytest.mark.parametrize("name", ["iris.json", "digits-small.json", "digits-quanvolution.json", "iris-qrfnn.json", "entanglement.json"])
def test_networks_of_all_families_come_back(circuits, tmp_path, name):
    network = hqrn.Network.from_file(circuits / name)
    assert hqrn.Network.from_file(network.save(tmp_path / "copy.json")).to_json() == network.to_json()
    assert pickle.loads(pickle.dumps(network)) == network
    if "circuit" not in network.to_json() and "unitary" not in network.to_json():
        copy = hqrn.Network.from_file(network.save(tmp_path / "copy.safetensors"))
        X = np.random.default_rng(0).random((3, network.input_dim))
        assert np.array_equal(copy.predict(X), network.predict(X))


def test_families_predict(circuits):
    for name in ("digits-quanvolution.json", "iris-qrfnn.json"):
        network = hqrn.Network.from_file(circuits / name)
        X = np.random.default_rng(0).random((3, network.input_dim))
        assert network.predict(X).shape == (3, network.classes)


def test_messages_name_the_place(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text('{"weight": [[1, 2], [3]]}')
    with pytest.raises(hqrn.InputError, match=r"bad\.json: .*weight.*"):
        hqrn.Network.from_file(path)
    with pytest.raises(hqrn.InputError, match="No such file"):
        hqrn.Network.from_file(tmp_path / "nowhere.json")
    for arrays, message in [
        (([],), "weights: no blocks, expected at least one"),
        (([np.eye(2), np.eye(3)],), None),
        (([np.eye(2)], [np.zeros(3)]), None),
        (([np.eye(2)], [np.zeros(2), np.zeros(2)]), "biases: 2, expected 1, one a block"),
    ]:
        with pytest.raises(hqrn.InputError) as caught:
            hqrn.Network.from_arrays(*arrays)
        assert "\n" not in str(caught.value)
        assert message is None or str(caught.value) == message


def test_what_is_no_list_or_number_is_refused_by_name() -> None:
    weights = [[[1.0, 0.0], [0.0, 1.0]]]
    for arguments, said in [
        ({"weights": None}, "weights: NoneType, expected a list, one a block"),
        ({"weights": weights, "biases": 3}, "biases: int, expected a list, one a block"),
        ({"weights": weights, "alpha": "x"}, "alpha: dtype <U1, expected real numbers"),
        ({"weights": weights, "head": 3}, "head: int, expected a pair: weight and bias"),
    ]:
        with pytest.raises(hqrn.InputError, match=re.escape(said)):
            hqrn.Network.from_arrays(**arguments)


def test_options_that_only_print_are_refused() -> None:
    for option in [{"help": True}, {"target": "list"}, {"output": "out"}, {"threads": 0}]:
        with pytest.raises(hqrn.InputError, match=next(iter(option))):
            hqrn.compile([[1.0, 0.0], [0.0, 1.0]], **option)
