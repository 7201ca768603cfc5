#!/usr/bin/env python3
"""Holds the bill of materials to what a program is linked with.

sbom.py SCRIPT PROGRAM HEADER: SCRIPT makes the bill of PROGRAM, into which HEADER was compiled. Exit
code 77: this is no Debian.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

script, program, header = sys.argv[1:]
arguments = [script, "--version", "1.2.3", f"--inside={header}", program]
environment = os.environ | {"SOURCE_DATE_EPOCH": "1796095769"}
made = subprocess.run(arguments, env=environment, capture_output=True, text=True)
if made.returncode == 77:
    print(made.stderr)
    sys.exit(77)
assert made.returncode == 0, made.stderr
bill = json.loads(made.stdout)

assert bill["bomFormat"] == "CycloneDX" and bill["specVersion"] == "1.4" and bill["version"] == 1
assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
assert bill["metadata"]["timestamp"] == "2026-12-01T03:29:29Z", bill["metadata"]
assert bill["metadata"]["component"]["version"] == "1.2.3"
again = subprocess.run(arguments, env=environment, capture_output=True, text=True)
assert again.stdout == made.stdout

components = {one["name"]: one for one in bill["components"]}
references = [one["bom-ref"] for one in bill["components"]]
assert len(set(references)) == len(references)
assert bill["dependencies"] == [
    {"ref": bill["metadata"]["component"]["bom-ref"], "dependsOn": references}]
for one in bill["components"]:
    assert one["type"] == "library" and one["version"] and one["purl"].startswith("pkg:deb/"), one
    installed = subprocess.run(["dpkg-query", "--show", "--showformat=${Version}\n", one["name"]],
                               capture_output=True, text=True).stdout.split("\n")
    assert one["version"] in installed, (one, installed)

# By another way than the script's: whatever the loader has mapped.
kinds = {name: one["properties"][0]["value"] for name, one in components.items()}
assert kinds["nlohmann-json3-dev"] == "inside", kinds
for package, name in (("libsqlite3-0", "libsqlite3.so"), ("libpq5", "libpq.so"),
                      ("libhiredis", "libhiredis.so"), ("libmicrohttpd", "libmicrohttpd.so")):
    loaded = name in subprocess.run(["objdump", "-p", program], capture_output=True,
                                    text=True).stdout
    listed = any(one.startswith(package) and kind == "shared" for one, kind in kinds.items())
    assert loaded == listed, (package, loaded, kinds)

with tempfile.TemporaryDirectory() as folder:
    stray = pathlib.Path(folder, "stray.hpp")
    stray.touch()
    refused = subprocess.run([script, "--version", "1", f"--inside={stray}", program],
                             capture_output=True, text=True)
    assert refused.returncode == 1 and "is from no Debian package" in refused.stderr, refused
