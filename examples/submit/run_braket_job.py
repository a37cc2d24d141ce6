"""Sends the program sets of a plan for Amazon Braket and stores what comes back.

    python run_braket_job.py plan/                              on the LocalSimulator, without noise
    python run_braket_job.py plan/ --device arn:aws:braket:...  on a device, which costs what the plan says
    python run_braket_job.py plan/ --dry-run                    what would be sent; nothing is

plan/job.json has a program set for each batch. Numbers of tasks are written to plan/tasks.json as soon as they are sent, one by
one, and results to plan/results.json as they come, so that the same command goes on after it was interrupted and never sends a
batch twice. All of them are plan/result.json: {"sha256": .. of job.json, "fake": whether no machine was asked, "backend": ..,
"tasks": [{"programResults": [{"executableResults": [{"inputsIndex": .., "measurementProbabilities": {..}}]}]}]}.
"""

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path

from jobs import write
from machines import fail, one_line, say


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", help="the plan's folder, or its job.json")
    parser.add_argument("--device", default="local", help="local, or the ARN of a device (default local)")
    parser.add_argument("--dry-run", action="store_true", help="check the job and say what it is, send nothing")
    return parser.parse_args()


class Kept:
    """A list that grows on disk, of one job on one device."""

    def __init__(self, path, job, device):
        self.path, self.told = path, {"sha256": job, "device": device, "list": []}
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            if (found.get("sha256"), found.get("device")) != (job, device):
                fail(f"{path}: is of another job or device: move it away first")
            self.told = found

    def list(self):
        """What is there."""
        return self.told["list"]

    def add(self, item):
        """One more."""
        self.told["list"].append(item)
        write(self.path, json.dumps(self.told).encode())


def tasks_of(path):
    """The program sets, each with its executions of all columns."""
    content = json.loads(path.read_bytes())
    tasks = content.get("tasks") if isinstance(content, dict) else None
    if not tasks:
        raise ValueError(f"{path}: expected program sets of Braket, \"tasks\"")
    from braket.ir.openqasm import ProgramSet

    return [(ProgramSet.parse_obj(task["action"]), task["shots"]) for task in tasks]


def results_of(result):
    """The probabilities of every word of every setting."""
    def table(executable):
        # Bit 0 is the first character of a word.
        words = Counter("".join(map(str, row)) for row in executable.measurements.tolist())
        shots = sum(words.values())
        return {word: count / shots for word, count in sorted(words.items())}

    return {
        "programResults": [
            {
                "executableResults": [
                    {"inputsIndex": j, "measurementProbabilities": table(executable)}
                    for j, executable in enumerate(program.entries)
                ]
            }
            for program in result.entries
        ]
    }


def run_local(tasks, results):
    """One program set after the other."""
    from braket.devices import LocalSimulator

    simulator = LocalSimulator()
    for i, (action, shots) in enumerate(tasks):
        if i >= len(results.list()):
            results.add(results_of(simulator.run(action, shots=shots).result()))
            say(f"batch {i + 1} of {len(tasks)}")


def is_simulator(device):
    """Whether a device is no machine: the LocalSimulator, or one of the service's own."""
    return device == "local" or "/quantum-simulator/" in device


def run_device(tasks, numbers, results, arn):
    """All program sets are sent, then waited for one by one."""
    from braket.aws import AwsDevice, AwsQuantumTask

    device = AwsDevice(arn)
    for action, shots in tasks[len(numbers.list()) :]:
        numbers.add(device.run(action, shots=shots).id)
        say(f"batch {len(numbers.list())} of {len(tasks)} sent: {numbers.list()[-1]}")
    for i in range(len(results.list()), len(tasks)):
        task = AwsQuantumTask(arn=numbers.list()[i])
        found = task.result()
        if found is None:
            fail(f"batch {i + 1}: {task.id}: {task.state()}")
        results.add(results_of(found))
        say(f"batch {i + 1} of {len(tasks)} came back")


def main():
    args = arguments()
    path = Path(args.job)
    path = path / "job.json" if path.is_dir() else path
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    tasks = tasks_of(path)
    programs = sum(len(action.programs) for action, _ in tasks)
    say(f"{len(tasks)} batches, {programs} programs, {sum(shots for _, shots in tasks)} executions")
    if args.dry_run:
        say(f"sound; for {args.device}; nothing was sent")
        return
    results = Kept(path.with_name("results.json"), sha256, args.device)
    if args.device == "local":
        run_local(tasks, results)
    else:
        run_device(tasks, Kept(path.with_name("tasks.json"), sha256, args.device), results, args.device)
    backend = "LocalSimulator" if args.device == "local" else args.device
    told = {"sha256": sha256, "fake": is_simulator(args.device), "backend": backend, "tasks": results.list()}
    write(path.with_name("result.json"), json.dumps(told).encode())
    say(f"{path.with_name('result.json')} written")


if __name__ == "__main__":
    one_line(main, "interrupted: the same command goes on from here")
