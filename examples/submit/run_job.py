"""Sends the job of a plan and stores what comes back, or runs it on a fake machine.

    python run_job.py plan/ --fake FakeBoston        simulated here, with the noise of that machine's calibration
    python run_job.py plan/ --dry-run                what would be sent; nothing is
    python run_job.py plan/                          to IBM's service, which costs what the plan says

plan/job.json is sent as it stands. The job's number is written to plan/job-id.json before anything is waited for, so that the
same command goes on after it was interrupted, and never sends twice. What came back is plan/result.json; jobs.py says what these
files are.
"""

import argparse
import json
import time

from jobs import Job, counted, write
from machines import fail, fake_machine, one_line, say


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", help="the plan's folder, or its job.json")
    parser.add_argument("--fake", metavar="NAME", help="run on a fake machine of qiskit-ibm-runtime: FakeBoston, ...")
    parser.add_argument("--seed", type=int, default=0, help="seed of the fake machine (default 0)")
    parser.add_argument("--dry-run", action="store_true", help="check the job and say what it is, send nothing")
    parser.add_argument("--url", help="another address of the service")
    parser.add_argument("--token-url", help="another address that tokens come from")
    return parser.parse_args()


def load(pub):
    """The program as a circuit."""
    from qiskit import qasm3

    return qasm3.loads(pub.text)


def check(job, backend):
    """Reads every program, and asks the client's own code whether the machine has its gates and pairs."""
    for i, pub in enumerate(job.pubs):
        circuit = load(pub)
        pub.settings(circuit)
        if backend is not None:
            from qiskit_ibm_runtime.exceptions import IBMInputValueError
            from qiskit_ibm_runtime.utils import validate_isa_circuits

            try:
                validate_isa_circuits([circuit], backend.target)
            except IBMInputValueError as error:
                fail(f"program {i + 1}: not for {backend.name}: {str(error.message).split('.')[0]}")


def run_fake(job, name, seed):
    """Runs the job on a fake machine; programs that are done are kept if it is interrupted."""
    from fake import FakeMachine

    machine = FakeMachine(fake_machine(name))
    kept = f"result.{name}.{seed}.json"
    tables = (job.of_this_job(kept, strict=False) or {"pubs": []})["pubs"]
    if tables:
        say(f"{len(tables)} of {len(job.pubs)} programs were done before")
    start = time.monotonic()
    for i, pub in enumerate(job.pubs):
        if i < len(tables):
            continue
        # Each program draws from a seed of its own, so that it does not matter which were done before.
        machine.seed(seed, i)
        circuit = load(pub)
        words = machine.run(circuit, pub.settings(circuit), pub.shots)
        tables.append([counted(one) for one in words])
        job.write_tables(tables, name, seed, kept)
        say(f"{name}: program {i + 1} of {len(job.pubs)}, {len(pub.rows)} settings, {time.monotonic() - start:.0f} s")
    job.write_tables(tables, name, seed)
    job.beside(kept).unlink(missing_ok=True)


def send(job, options):
    """Sends the job, or goes on waiting for it."""
    from service import Service

    service = Service(**options)
    number = job.number()
    if number:
        say(f"job {number} was sent before")
    else:
        number = service.submit(job.body)
        write(job.beside("job-id.json"), json.dumps({"id": number, "backend": job.backend, "sha256": job.sha256}).encode())
        say(f"job {number} sent to {job.backend}")
    service.wait(number, say)
    write(job.beside("result.json"), service.results(number))


def main():
    args = arguments()
    job = Job(args.job)
    settings = sum(len(pub.rows) for pub in job.pubs)
    say(f"{len(job.pubs)} programs, {settings} settings, {job.executions()} executions, {len(job.body)} bytes")
    if args.dry_run:
        check(job, fake_machine(args.fake) if args.fake else None)
        say(f"sound; for {args.fake or job.backend}; nothing was sent")
        return
    if job.done():
        say(f"{job.beside('result.json')} is there already")
        return
    if args.fake:
        check(job, fake_machine(args.fake))
        run_fake(job, args.fake, args.seed)
    else:
        send(job, {key: value for key, value in (("url", args.url), ("tokens", args.token_url)) if value})
    say(f"{job.beside('result.json')} written")


if __name__ == "__main__":
    one_line(main, "interrupted: the same command goes on from here")
