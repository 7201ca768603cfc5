#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes the pictures of docs/serve.md, in some minutes: of a small cluster, one node of which is slow.

Run as: take_pictures.py CRIER FOLDER, with FOLDER=docs/serve.
"""
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

from test_pages import PRODUCTS, Server, browser, eventually

FAILED = (("web-1", 0, "", "no memory"),
          ("web-2", 2, '"IntId":42,', "the price service does not answer"),
          ("web-2", 2, '"IntId":77,', "the price service does not answer"))


class Cluster:
    def __init__(self, crier):
        self.crier, self.store = crier, "shop.db"
        self.run("migrate")
        self.nodes = [self.node("web-1"), self.node("web-2"), self.node("report-1", "--exec", "sleep 1.5")]
        eventually(lambda: self.run("nodes", "--json").count('"live"') == 3, "three nodes live")

    def run(self, *args):
        return subprocess.run([self.crier, "--store", self.store, *args], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def node(self, name, *options):
        return subprocess.Popen([self.crier, "--store", self.store, "node", "--name", name, *options],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def publish(self, seconds):
        """Some entries a second, with a burst now and then."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(random.choice((1, 1, 1, 2, 12))):
                self.run("send", "--force", "--refresher", PRODUCTS, "--id", str(random.randint(1, 99)))
            time.sleep(1)

    def tell(self):
        """What nodes of an application would have told: the refresher's name, and what they have given up."""
        db = sqlite3.connect(self.store, timeout=60)
        db.execute("UPDATE crierRefresher SET refresher = ?, name = 'ProductRefresher'", (PRODUCTS,))
        last = db.execute("SELECT max(id) FROM crierCacheInstruction").fetchone()[0]
        for i, (node, kind, key, error) in enumerate(FAILED):
            db.execute("""INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, refresher,
                refresherName, node, incarnation, attempts, error, instructionCount, jsonInstruction)
                VALUES ('crierCacheInstruction', ?, 3, ?, 0, 'shop', ?, 'ProductRefresher', ?, ?, 3, ?, 1, ?)""",
                       (int(time.time() * 1000), last - 9 + i, PRODUCTS, node, "0" * 8 + "-0000-0000-0000-" + "0" * 12,
                        error, f'[{{"RefreshType":{kind},{key}"RefresherId":"{PRODUCTS}"}}]'))
        db.commit()
        db.close()

    def end(self):
        for process in self.nodes + Server.running:
            process.kill()
            process.wait()


def take(server, folder, name, path, height, dark=False):
    driver = browser(dark=dark, height=height)
    driver.get(server.url + path)
    time.sleep(1)
    driver.save_screenshot(str(folder / f"{name}.png"))
    driver.quit()


def main():
    crier, folder = (str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve())
    with tempfile.TemporaryDirectory(prefix="crier-pictures-") as place:
        os.chdir(place)  # so that the pages show a short name
        cluster = Cluster(crier)
        try:
            server = Server(crier, cluster.store, "--allow-actions")
            cluster.publish(200)
            take(server, folder, "overview", "", 1000)
            cluster.tell()
            cluster.run("pause", "web-2", "--for", "30m", "--by", "alice")
            cluster.run("send", "--force", "--refresher", PRODUCTS, "--id", "42")
            time.sleep(12)
            take(server, folder, "problems", "", 1000, dark=True)
            take(server, folder, "nodes", "nodes", 600)
            take(server, folder, "failures", "failures", 560)
            take(server, folder, "explain", "explain?refresher=ProductRefresher&key=42", 900)
        finally:
            cluster.end()
            os.chdir("/")


if __name__ == "__main__":
    main()
