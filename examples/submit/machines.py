"""Backends by name, samplers for them, and errors as one line: what the scripts that use Qiskit share."""

import sys
import warnings
from contextlib import contextmanager
from pathlib import Path


def open_backend(name, seed=0):
    """A backend: aer, a fake machine of qiskit-ibm-runtime (FakeTorino, ...), or a real one by its name."""
    if name == "aer":
        from qiskit_aer import AerSimulator

        # Circuits side by side use the cores better than gates do.
        return AerSimulator(method="statevector", max_parallel_experiments=0, seed_simulator=seed)
    if name.startswith("Fake"):
        return fake_machine(name)
    from qiskit_ibm_runtime import QiskitRuntimeService

    return QiskitRuntimeService().backend(name)


def fake_machine(name):
    """A fake machine of qiskit-ibm-runtime, which has the calibration of a real one."""
    from qiskit_ibm_runtime import fake_provider

    if not hasattr(fake_provider, name):
        # Those of retired machines end in V2.
        known = sorted(n for n in dir(fake_provider) if n.startswith("Fake") and not n.endswith(("V2", "Backend")))
        fail(f"no fake machine is called {name}: there are {', '.join(known)} and others")
    return getattr(fake_provider, name)()


def is_fake(backend):
    """Whether a backend is simulated here."""
    return type(backend).__name__.startswith("Fake")


def open_sampler(backend, seed):
    """A sampler for a machine, real or fake, whose shots are the same for all circuits of a job."""
    from qiskit_ibm_runtime import Batch
    from qiskit_ibm_runtime.executor_sampler import Sampler

    sampler = Sampler(mode=backend if is_fake(backend) else Batch(backend=backend))
    if is_fake(backend):
        sampler.options.simulator.seed_simulator = seed
    return sampler


def say(text):
    """A line on standard error: progress."""
    print(text, file=sys.stderr, flush=True)


def one_line(main, interrupted="interrupted"):
    """Runs a script; whatever goes wrong is one line and exit code 2."""
    warnings.simplefilter("ignore")
    try:
        main()
    except KeyboardInterrupt:
        fail(interrupted)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyError as error:
        fail(f"no key {error}")
    except ModuleNotFoundError as error:
        fail(missing(error))
    except (ValueError, RuntimeError) as error:
        fail(str(error))
    except Exception as error:  # Clients raise errors of their own, which share no other class.
        fail(f"{type(error).__name__}: {error}")


@contextmanager
def imports():
    """Around what a script imports from elsewhere: what is not installed is one line and exit code 2, too."""
    try:
        yield
    except ModuleNotFoundError as error:
        fail(missing(error))


def missing(error):
    """What is not installed, and how it is."""
    script = Path(sys.argv[0])
    provider = "braket" if "braket" in script.name else "qiskit"
    return f"{error.name} is not installed: pip install -r {script.with_name(f'requirements-{provider}.txt')}"


def fail(problem):
    """Says what is wrong and ends."""
    say("error: " + " ".join(problem.split()))
    raise SystemExit(2)
