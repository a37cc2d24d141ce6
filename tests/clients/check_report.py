"""Looks at every kind of page in headless Chromium: desk and phone, light and dark, and on paper.

    python check_report.py FOLDER_WITH_COMMANDS [--keep FOLDER]

Fails on console messages, requests of any kind, pages wider than the window, text too small to read, text that does not
stand out from what is behind it, words over words, violations of axe-core's accessibility rules, and pages without a sentence
in front or a foot that says what they are of. On paper they are light, and nothing is cut. --keep leaves the pictures in a folder,
to be looked at.
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import axe_playwright_python
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()

# Smallest text in CSS pixels as it arrives on the screen; numbers in a matrix of shades may be smaller, they are in the
# tooltip as well.
SMALLEST = 9.5

MEASURE = """() => {
    const luminance = (c) => {
        const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map((v) => {
            v /= 255;
            return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let smallest = Infinity;
    for (const text of document.querySelectorAll('svg text:not(.count)')) {
        const svg = text.ownerSVGElement;
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        smallest = Math.min(smallest, parseFloat(getComputedStyle(text).fontSize) * scale);
    }
    const ink = luminance(getComputedStyle(document.querySelector('svg text')).fill);
    const paper = luminance(getComputedStyle(document.querySelector('figure')).backgroundColor);
    const overlaps = [];
    for (const svg of document.querySelectorAll('svg')) {
        const words = [...svg.querySelectorAll('text')].map((t) => [t.textContent, t.getBoundingClientRect()]);
        words.forEach(([a, p], i) => words.slice(i + 1).forEach(([b, q]) => {
            const x = Math.min(p.right, q.right) - Math.max(p.left, q.left);
            // Boxes of lines are higher than their letters.
            const y = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) - 0.3 * Math.min(p.height, q.height);
            if (x > 1 && y > 0) overlaps.push(`${a} | ${b}`);
        }));
    }
    return {
        smallest,
        overlaps,
        contrast: (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05),
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        figures: document.querySelectorAll('figure svg').length,
        lead: document.querySelector('.lead').textContent,
        foot: document.querySelector('footer').textContent,
    };
}"""

# What of a page would be cut on paper, and how dark that would be.
ON_PAPER = """() => ({
    cut: [...document.querySelectorAll('.scroll, figure')].filter((e) => e.scrollWidth > e.clientWidth + 1)
        .map((e) => `${e.ariaLabel || e.textContent.slice(0, 40)}: ${e.scrollWidth} of ${e.clientWidth}`),
    paper: getComputedStyle(document.body).backgroundColor,
})"""

# A4 without its margins, in CSS pixels.
PAPER = {"width": 688, "height": 970}

VIOLATIONS = """async () => (await axe.run({ resultTypes: ['violations'] })).violations
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`)"""


def look(browser, page_file, keys, picture):
    """One page in all sizes and schemes, then on paper, even where a reader prefers dark pages."""
    context = browser.new_context()
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    page.evaluate(AXE)
    for width in [1200, 390]:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ["light", "dark"]:
            page.emulate_media(color_scheme=scheme)
            where = f"{width} pixels, {scheme}"
            found = page.evaluate(MEASURE)
            assert found["overflow"] <= 0, (where, found)
            assert found["smallest"] >= SMALLEST, (where, found)
            assert found["contrast"] >= 7, (where, found)
            assert found["figures"] >= 2, (where, found)
            assert not found["overlaps"], (where, found["overlaps"])
            violations = page.evaluate(VIOLATIONS)
            assert not violations, (where, violations)
            if picture:
                page.screenshot(path=f"{picture}-{width}-{scheme}.png", full_page=True)
    assert len(found["lead"]) > 20 and "NaN" not in found["lead"], found["lead"]
    missing = [key for key in ["hqrn-", "hqrn 0.", "seed ", *keys] if key not in found["foot"]]
    assert not missing, (missing, found["foot"])
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    found = page.evaluate(ON_PAPER)
    assert not found["cut"], ("on paper", found["cut"])
    assert found["paper"] == "rgb(255, 255, 255)", ("on paper", found)
    # The page itself is the only thing that is fetched.
    foreign = [url for url in asked if url != page_file.as_uri() and not url.startswith("data:")]
    assert not said, said
    assert not foreign, foreign
    context.close()


def pages(commands, folder):
    """All kinds of pages, small ones: names, files, and what the foot of each has to say."""
    digits, iris = ROOT / "circuits/digits.csv.gz", ROOT / "circuits/iris.csv"
    weights, machine = ROOT / "circuits/iris.json", ROOT / "circuits/boston-line.json"
    sha256 = lambda file: hashlib.sha256(file.read_bytes()).hexdigest()

    def call(command, *arguments):
        subprocess.run([commands / command, *arguments, "-q"], check=True)

    def run():
        call("hqrn-train", "--data", digits, "-o", folder / "net", "--blocks", "2", "--epochs", "6", "--every", "2")
        checkpoints = sorted((folder / "net").glob("*.safetensors"))
        call("hqrn-run", *checkpoints, "--data", digits, "--shots", "1e3,1e4,inf", "--report", folder / "run.html")
        return [("run", folder / "run.html", [sha256(checkpoints[-1]), sha256(digits)])]

    def job():
        plan = ["plan", weights, "--machine", machine, "--data", iris, "--executions", "1e5", "--no-waits"]
        call("hqrn-job", *plan, "-o", folder / "plan", "--report", folder / "plan.html")
        call("hqrn-job", "rehearse", folder / "plan", "-o", folder / "result.json")
        call("hqrn-job", "collect", folder / "plan", folder / "result.json", "--report", folder / "collect.html")
        keys = [sha256(weights), sha256(iris), "figures of 2026-04-17"]
        result = sha256(folder / "result.json")
        return [("plan", folder / "plan.html", keys), ("collect", folder / "collect.html", [*keys, result])]

    def pareto():
        call("hqrn-compress", weights, "--data", iris, "--pareto", folder / "pareto.html")
        return [("pareto", folder / "pareto.html", [sha256(weights), sha256(iris)])]

    def amplitudes():
        train = ["amplitudes", "--data", iris, "--epochs", "15"]
        noise = "noise=gauss-asym,size=0.1/1/10"
        attacks = ["--attack", f"form=1,mode=test/step/drift,{noise}", "--attack", f"form=2,mode=test/step,{noise}"]
        call("hqrn-train", *train, "-o", folder / "mesh")
        call("hqrn-train", *train, "-o", folder / "contest", "--seeds", "2", "--ablation")
        call("hqrn-train", *train, "-o", folder / "contest", "--seeds", "2", *attacks)
        found = {"mesh": "mesh/report.html", "ablation": "contest/ablation.html", "attacks": "contest/attacks.html"}
        return [(name, folder / file, [sha256(iris)]) for name, file in found.items()]

    def quanvolution():
        call("hqrn-train", "quanvolution", "--data", digits, "--per-class", "10", "--epochs", "2", "-o", folder / "quan")
        return [("quanvolution", folder / "quan/report.html", [sha256(digits)])]

    def entanglement():
        few = ["--blocks", "1", "--restarts", "1", "--starts", "1", "--steps", "10", "--finetune"]
        call("hqrn-train", "entanglement", "-o", folder / "bell", *few)
        return [("entanglement", folder / "bell/report.html", [])]

    with ThreadPoolExecutor(2) as pool:
        makers = [entanglement, job, run, amplitudes, pareto, quanvolution]
        return [page for made in pool.map(lambda make: make(), makers) for page in made]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("commands", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = pages(arguments.commands, pathlib.Path(folder))
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name, page_file, keys in made:
                try:
                    look(browser, page_file, keys, arguments.keep / name if arguments.keep else None)
                except AssertionError as error:
                    raise AssertionError(f"{name}: {error}") from error
            browser.close()
    print(f"{len(made)} kinds of pages: 1200 and 390 pixels, light, dark and on paper: no messages, no requests, legible, accessible")


if __name__ == "__main__":
    main()
