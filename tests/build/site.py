#!/usr/bin/env python3
"""Builds the site, and reads what was built as a browser would.

site.py ROOT TOOL: nothing is fetched from elsewhere, each link leads to what is there, each page of
the tree is in the navigation and can be searched for, and each command has its section. Exit code
77: this machine lacks what builds it (script/bootstrap --docs).
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from html.parser import HTMLParser

root, tool = pathlib.Path(sys.argv[1]), sys.argv[2]
faults = []


class Page(HTMLParser):
    """What a page fetches, where its links lead, and what can be linked to in it."""

    def __init__(self, path):
        super().__init__()
        self.fetched, self.links, self.names, self.navigation = [], [], set(), []
        self.in_navigation = 0
        text = path.read_text(encoding="utf-8")
        self.shows_a_fence = "```" in text  # a block of code that was not taken for one
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.names.update(given[name] for name in ("id", "name") if given.get(name))
        if tag == "nav":
            self.in_navigation += 1
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
            if self.in_navigation:
                self.navigation.append(given["href"])
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev"):
            self.fetched.append(given["href"])
        for name in ("src", "srcset", "data", "poster", "action"):
            if given.get(name):
                self.fetched.append(given[name])
        self.fetched += re.findall(r"url\(([^)]*)\)", given.get("style", ""))

    def handle_endtag(self, tag):
        if tag == "nav":
            self.in_navigation -= 1


def is_elsewhere(target):
    return re.match(r"\s*['\"]?\s*(https?:)?//", target) is not None


def check_options():
    """Each member of crier::Options has a line in docs/options.md."""
    header = (root / "include/crier/options.hpp").read_text("utf-8")
    struct = header[header.index("\nstruct CRIER_EXPORT Options {") :]
    members = re.findall(r"^  [\w:<>()]+(?: [\w:<>()]+)* (\w+)(?: = [^;]*|\{[^;]*\})?;", struct, re.M)
    page = (root / "docs/options.md").read_text("utf-8")
    faults.extend(f"docs/options.md lacks {one}" for one in members if f"`{one}" not in page)
    if len(members) < 20:
        faults.append(f"only {len(members)} options: is this the struct?")


def check_site(site):
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        where = path.relative_to(site)
        faults.extend(f"{where} fetches {one}" for one in page.fetched if is_elsewhere(one))
        if page.shows_a_fence:
            faults.append(f"{where} shows a fence of Markdown's")
        if where.name == "404.html":  # its links are of a server's root
            continue
        for link in page.links:
            file, _, name = urllib.parse.unquote(link).partition("#")
            if re.match(r"[a-z]+:", file):
                continue
            target = (path.parent / file).resolve() if file else path
            if not target.exists():
                faults.append(f"{where} links to {link}, which is not there")
            elif name and name not in pages.get(target, page).names and where.parts[0] != "api":
                faults.append(f"{where} links to {link}, and nothing there is called that")
    for style in site.rglob("*.css"):
        for target in re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", style.read_text("utf-8")):
            if is_elsewhere(target[0] or target[1]):
                faults.append(f"{style.relative_to(site)} fetches {''.join(target)}")

    start = pages[site / "index.html"]
    shown = {(site / link.partition("#")[0]).resolve() for link in start.navigation}
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    found = {(site / entry["location"].partition("#")[0]).resolve() for entry in index["docs"]}
    found = {path / "index.html" if path.is_dir() else path for path in found}
    sources = [
        path.relative_to(root)
        for path in root.rglob("*.md")
        if not re.match(r"(build|docs/site/|\.)", str(path.relative_to(root)))
    ]
    for source in [*sources, pathlib.Path("docs/commands.md")]:
        name = "index.html" if source.name == "README.md" else source.stem + ".html"
        built = site / source.parent / name
        if built not in shown:
            faults.append(f"{source} is not in the navigation: docs/site/mkdocs.yml")
        if built not in found:
            faults.append(f"{source} is not in the index of the search")
    if site / "api/index.html" not in shown:
        faults.append("the C++ API is not in the navigation")
    if len(sources) < 20:
        faults.append(f"only {len(sources)} pages: is this the tree?")

    with tempfile.TemporaryDirectory() as manual:
        subprocess.run([tool, "help", "--pages", manual, "--date", "2026-01-01"], check=True)
        commands = {path.stem for path in pathlib.Path(manual).iterdir()} - {"crier"}
    sections = {name for name in pages[site / "docs/commands.html"].names if name[:6] == "crier-"}
    if commands != sections or not commands:
        faults.append(f"commands without a section, or the reverse: {commands ^ sections}")
    return len(pages)


for program in ("mkdocs", "doxygen"):
    if shutil.which(program) is None:
        print(f"{program} is missing: script/bootstrap --docs", file=sys.stderr)
        sys.exit(77)
with tempfile.TemporaryDirectory() as folder:
    site = pathlib.Path(folder).resolve() / "site"
    if subprocess.run([root / "script/docs", "--tool", tool, "--output", site]).returncode != 0:
        sys.exit("the site was not built")
    count = check_site(site)
check_options()
for fault in faults:
    print(fault, file=sys.stderr)
print(f"{count} pages.")
sys.exit(1 if faults else 0)
