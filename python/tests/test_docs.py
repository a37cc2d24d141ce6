"""Every public name is documented, with an example, which `pytest --doctest-modules` runs."""

import importlib
import importlib.util
import inspect

import pytest

import hqrn
import hqrn.job


def public():
    """All public classes and functions, and the public methods of classes that make and ask."""
    modules = [hqrn, hqrn.job]
    if importlib.util.find_spec("torch") is not None:
        modules.append(importlib.import_module("hqrn.torch"))
    for module in modules:
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value


@pytest.mark.parametrize(("name", "value"), public(), ids=lambda value: value if isinstance(value, str) else "")
def test_public_names_have_an_example(name, value):
    text = inspect.getdoc(value)
    assert text and ">>> " in text, f"{name} has no example"


@pytest.mark.parametrize(("name", "value"), public(), ids=lambda value: value if isinstance(value, str) else "")
def test_methods_are_documented(name, value):
    if not inspect.isclass(value):
        return
    for method, function in vars(value).items():
        if not method.startswith("_") and callable(function):
            assert inspect.getdoc(function), f"{name}.{method} is not documented"


def test_keywords_are_documented():
    for name, value in public():
        if inspect.isfunction(value) and not value.__module__.endswith("torch"):
            text = inspect.getdoc(value) or ""
            for parameter in inspect.signature(value).parameters:
                if parameter not in ("threads", "seed", "quiet", "y", "test_y"):
                    assert parameter in text, f"{name}: {parameter} is not documented"
