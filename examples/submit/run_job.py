"""Sends the job of a plan and stores what comes back, or runs it on a fake machine.

    python run_job.py plan/ --fake FakeBoston        simulated here, with the noise of that machine's calibration
    python run_job.py plan/ --dry-run                what would be sent; nothing is
    python run_job.py plan/ --backend ibm_boston     to IBM's service, which costs what the plan says

plan/job.json is sent as it stands, but for the backend that is named; its own is the machine's name in the file of figures, which
may be no backend's. The job's number is written to plan/job-id.json before anything is waited for, so that the
same command goes on after it was interrupted, and never sends twice. What came back is plan/result.json; jobs.py says what these
files are.
"""

import argparse
import json
import time

from fits import misfit
from jobs import Job, counted, is_backend, write
from machines import fail, fake_machine, one_line, say


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", help="the plan's folder, or its job.json")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--fake", metavar="NAME", help="run on a fake machine of qiskit-ibm-runtime: FakeBoston, ...")
    where.add_argument("--backend", metavar="NAME", help="the backend to send to, in place of the job's: ibm_boston, ...")
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


def ask(service, job, backend):
    """Whether a backend has what the programs use, by what the service says of it."""
    configuration = service.configuration(backend)
    for i, pub in enumerate(job.pubs):
        wrong = misfit(pub.text, configuration)
        if wrong:
            fail(f"program {i + 1}: not for {backend}: {wrong}")


def send(job, backend, options):
    """Sends the job, or goes on waiting for it."""
    from service import Service

    service = Service(**options)
    sent = job.sent()
    if sent:
        if backend not in (None, sent["backend"]):
            fail(f"job {sent['id']} was sent to {sent['backend']} before, not to {backend}: move {job.beside('job-id.json')} away first")
        say(f"job {sent['id']} was sent before")
    else:
        if backend:
            ask(service, job, backend)
        sent = {"id": service.submit(job.body_for(backend)), "backend": backend or job.backend, "sha256": job.sha256}
        write(job.beside("job-id.json"), json.dumps(sent).encode())
        say(f"job {sent['id']} sent to {sent['backend']}")
    service.wait(sent["id"], say)
    write(job.beside("result.json"), job.told(service.results(sent["id"]), sent["backend"]))


def try_out(job, args, options):
    """Says what would be sent."""
    check(job, fake_machine(args.fake) if args.fake else None)
    more = ""
    if args.backend:
        from service import Service, has_account

        if has_account():
            ask(Service(**options), job, args.backend)
        else:
            more = " (whose qubits and pairs are not known here, for want of an account)"
    sent = job.sent() or {"backend": job.backend}
    say(f"sound; for {args.fake or args.backend or sent['backend']}{more}; nothing was sent")


def refuse_names(job, args):
    """No backend is called what the plan's machine is called, or what a fake one is."""
    if args.backend is not None and (not is_backend(args.backend) or args.backend.startswith("Fake")):
        fail(f"--backend {args.backend}: expected the name of a backend, like ibm_boston; a fake machine goes with --fake")
    if not (args.fake or args.backend or job.sent() or is_backend(job.backend)):
        fail(f"{job.path}: backend {job.backend!r} is no backend's name: give one with --backend, or --fake to simulate it here")


def main():
    args = arguments()
    job = Job(args.job)
    refuse_names(job, args)
    settings = sum(len(pub.rows) for pub in job.pubs)
    say(f"{len(job.pubs)} programs, {settings} settings, {job.executions()} executions, {len(job.body)} bytes")
    options = {key: value for key, value in (("url", args.url), ("tokens", args.token_url)) if value}
    if args.dry_run:
        try_out(job, args, options)
        return
    if job.done():
        say(f"{job.beside('result.json')} is there already")
        return
    if args.fake:
        check(job, fake_machine(args.fake))
        run_fake(job, args.fake, args.seed)
    else:
        send(job, args.backend, options)
    say(f"{job.beside('result.json')} written")


if __name__ == "__main__":
    one_line(main, "interrupted: the same command goes on from here")
