"""Looks at a report of hqrn-run in headless Chromium: desk and phone, light and dark.

    python check_report.py FOLDER_WITH_COMMANDS [--keep FOLDER]

Fails on console messages, requests of any kind, pages wider than the window, text too small to read, and text that
does not stand out from what is behind it. --keep leaves the pictures in a folder, to be looked at.
"""

import argparse
import pathlib
import shutil
import subprocess
import tempfile

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]

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
    return {
        smallest,
        contrast: (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05),
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        figures: document.querySelectorAll('figure svg').length,
    };
}"""


def look(browser, page_file, width, height, scheme, picture):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    found = page.evaluate(MEASURE)
    if picture:
        page.screenshot(path=picture, full_page=True)
    context.close()
    # The page itself is the only thing that is fetched.
    foreign = [url for url in asked if url != page_file.as_uri() and not url.startswith("data:")]
    assert not said, said
    assert not foreign, foreign
    assert found["overflow"] <= 0, found
    assert found["smallest"] >= SMALLEST, found
    assert found["contrast"] >= 7, found
    assert found["figures"] >= 5, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("commands", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        train = [arguments.commands / "hqrn-train", "--data", ROOT / "circuits/digits.csv.gz", "-o", folder / "net"]
        subprocess.run([*train, "--blocks", "2", "--epochs", "12", "--every", "3", "-q"], check=True)
        checkpoints = sorted((folder / "net").glob("*.safetensors"))
        report = folder / "run.html"
        run = [arguments.commands / "hqrn-run", *checkpoints, "--data", ROOT / "circuits/digits.csv.gz"]
        subprocess.run([*run, "--shots", "1e3,1e4,inf", "-q", "--report", report], check=True)
        bell = [arguments.commands / "hqrn-train", "entanglement", "-o", folder / "bell", "--blocks", "2"]
        subprocess.run([*bell, "--restarts", "1", "--starts", "2", "--steps", "40", "--finetune", "-q"], check=True)
        meshes = [arguments.commands / "hqrn-train", "amplitudes", "--data", ROOT / "circuits/iris.csv", "-q", "-o", folder / "meshes"]
        noise = "noise=gauss-asym,size=0.1/1/10"
        attacks = ["--attack", f"form=1,mode=test/step/drift,{noise}", "--attack", f"form=2,mode=test/step,{noise}"]
        subprocess.run([*meshes, *attacks, "--seeds", "2", "--epochs", "30"], check=True)
        reports = {
            "run": report,
            "entanglement": folder / "bell" / "report.html",
            "attacks": folder / "meshes" / "attacks.html",
        }
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for width, height, device in [(1280, 900, "desk"), (360, 740, "phone")]:
                for scheme in ["light", "dark"]:
                    for name, report in reports.items():
                        picture = arguments.keep / f"{name}-{device}-{scheme}.png" if arguments.keep else None
                        look(browser, report, width, height, scheme, picture)
            browser.close()
    print("reports of hqrn-run and hqrn-train: desk and phone, light and dark: no messages, no requests, legible")


if __name__ == "__main__":
    main()
