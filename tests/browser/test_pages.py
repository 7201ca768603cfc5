#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""crier serve in real Chromium: every page, every action, a narrow screen, 10,000 entries, a hostile
text in each column, with JavaScript and without.

Run as: test_pages.py CRIER [--screenshots FOLDER]. Exits 77 if this machine has no Chromium.
"""
import faulthandler
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

try:
    from selenium import webdriver
    from selenium.common.exceptions import SessionNotCreatedException
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    print("SKIPPED: python3-selenium is missing (script/bootstrap --ci installs it)")
    sys.exit(77)
if not shutil.which("chromium") or not shutil.which("chromedriver"):
    print("SKIPPED: chromium or chromium-driver is missing (script/bootstrap --ci installs them)")
    sys.exit(77)

PRODUCTS = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
ORDERS = "11111111-2222-3333-4444-555555555555"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>'\"&\u202e\x1b[31m"
PATIENCE = 60  # seconds: a test machine is busy


class Server:
    """A run of `crier serve`."""

    running = []

    def __init__(self, crier, store, *options, port="0"):
        self.process = subprocess.Popen(
            [crier, "--store", store, "serve", "--listen", port, "--user", "alice", *options],
            stdout=subprocess.PIPE, text=True)
        Server.running.append(self.process)
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), self.url

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0
        Server.running.remove(self.process)


def eventually(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if condition():
                return
        except Exception as error:  # the page is redrawn meanwhile
            what = f"{what}: {type(error).__name__}"
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


def started(options):
    """Chromium, which at times does not begin in time on a busy machine."""
    for left in (2, 1, 0):
        try:
            return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        except SessionNotCreatedException:
            if left == 0:
                raise


def browser(script=True, dark=False, width=1280, height=900):
    options = Options()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--hide-scrollbars", "--no-first-run", "--disable-background-networking"):
        options.add_argument(argument)
    if dark:
        options.add_argument("--force-dark-mode")
        options.add_argument("--blink-settings=preferredColorScheme=0")
    if not script:
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = started(options)
    driver.set_page_load_timeout(PATIENCE)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1,
                            "mobile": width < 600})
    return driver


def text_of(driver):
    return driver.find_element(By.TAG_NAME, "body").text


def complaints(driver):
    """What the browser says of a page: a policy that is broken, a script that fails."""
    return [line["message"] for line in driver.get_log("browser")
            if line["level"] == "SEVERE" and "status of 4" not in line["message"]
            and "status of 5" not in line["message"]]


def payload(text):
    return json.dumps([{"RefreshType": 4, "RefresherId": PRODUCTS,
                        "JsonPayload": json.dumps({"note": text, "list": [1, 2]})}])


def fill(path):
    """10,000 entries, nodes of every kind, failures, and hostile text wherever there is text."""
    db = sqlite3.connect(path, timeout=PATIENCE)
    now = int(time.time() * 1000)
    db.execute("""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9990)
        INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated, instructionCount)
        SELECT i, strftime('%Y-%m-%d %H:%M:%f', 'now', (i - 10000) || ' seconds'),
          '[{"RefreshType":3,"RefresherId":"' || CASE i % 2 WHEN 0 THEN ? ELSE ? END ||
          '","JsonIds":"[' || i || ',' || (i + 1) || ']","JsonIdCount":2}]',
          'vm-' || (i % 3 + 1) || '/shop [P42/D1] 0123456789ABCDEF0123456789ABCDEF', 2 FROM n""",
               (PRODUCTS, ORDERS))
    for i in range(9991, 10001):
        db.execute("""INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated,
            instructionCount) VALUES (?, ?, ?, ?, 1)""",
                   (i, HOSTILE if i % 2 else time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
                    payload(HOSTILE) if i % 3 else HOSTILE, HOSTILE))
    columns = [row[1] for row in db.execute("PRAGMA table_info(crierFailure)")]
    for i in range(1, 4):
        values = dict(id=i, log="crierCacheInstruction", failedMs=now, kind=3, entry=9000 + i,
                      indexInEntry=0, originated=HOSTILE, refresher=PRODUCTS,
                      refresherName="ProductRefresher" if i > 1 else HOSTILE,
                      node="web-1" if i > 1 else HOSTILE, incarnation="0" * 8 + "-0000-0000-0000-" + "0" * 12,
                      attempts=3, error="no memory" if i > 1 else HOSTILE, instructionCount=1,
                      jsonInstruction='[{"RefreshType":0,"RefresherId":"' + PRODUCTS + '"}]')
        names = [name for name in columns if name in values]
        db.execute(f"INSERT INTO crierFailure ({','.join(names)}) VALUES ({','.join('?' * len(names))})",
                   [values[name] for name in names])
    db.execute("INSERT INTO crierEvent (log, atMs, kind, node, incarnation, detail) "
               "VALUES ('crierCacheInstruction', ?, 'resync', ?, ?, ?)", (now, HOSTILE, HOSTILE, HOSTILE))
    db.commit()
    db.close()


def worsen(path):
    """A node that is hostile, and a stale one: copies of a live one's row."""
    db = sqlite3.connect(path, timeout=PATIENCE)
    columns = [row[1] for row in db.execute("PRAGMA table_info(crierNode)")]
    find = f"SELECT {','.join(columns)} FROM crierNode WHERE name = 'web-1'"
    eventually(lambda: db.execute(find).fetchone(), "web-1 has beaten")
    row = dict(zip(columns, db.execute(find).fetchone()))
    far = int(time.time() * 1000) + 10**9
    for changed in (dict(name=HOSTILE, host=HOSTILE, application=HOSTILE, version=HOSTILE, lastError=HOSTILE,
                         incarnation="00000000-0000-4000-8000-000000000001", beatMs=far, intervalMs=10**7, process=""),
                    dict(name="web-3", incarnation="00000000-0000-4000-8000-000000000002", process="",
                         beatMs=row["beatMs"] - 600_000)):
        new = {**row, **changed}
        db.execute(f"INSERT INTO crierNode ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})",
                   [new[name] for name in columns])
    db.commit()
    db.close()


class Test:
    def __init__(self, crier, screenshots):
        self.crier, self.store, self.screenshots = crier, "shop.db", screenshots
        self.nodes = []

    def run_tool(self, *args):
        return subprocess.run([self.crier, "--store", self.store, *args], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def shoot(self, driver, name):
        if self.screenshots:
            driver.save_screenshot(str(self.screenshots / f"{name}.png"))

    def set_up(self):
        self.run_tool("migrate")
        fill(self.store)
        for name in ("web-1", "web-2"):
            self.nodes.append(subprocess.Popen([self.crier, "--store", self.store, "node", "--name", name],
                                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        eventually(lambda: '"web-2"' in self.run_tool("nodes", "--json"), "two nodes live")

    def end(self):
        for process in self.nodes + Server.running:
            process.kill()
            process.wait(PATIENCE)

    def pages(self, driver, url):
        """Every page holds what it is for, and nothing that anybody wrote has run."""
        for path, words in (("", ("Freshness", "web-1", "web-2", "Newest entries")),
                            ("nodes", ("web-1", "live", "Refreshers")),
                            ("log?canaries=1", ("Older entries", "refresh_by_json")),
                            ("entry?id=9992", ("refresh_by_json", "\"note\"")),
                            ("entry?id=9993", ("Unreadable",)),
                            ("live", ("Entry", "Pause")),
                            ("failures", ("no memory", "Retry", "Dismiss")),
                            ("events", ("joined", "resync")),
                            ("log?key=77", ("refresh_by_ids 76,77",)),
                            ("explain", ("Explain a key",)),
                            (f"explain?refresher={ORDERS}&key=77", ("refresh_by_ids 77,78", "web-1")),
                            (f"explain?refresher={PRODUCTS}&path=/note&key={urllib.parse.quote(HOSTILE)}",
                             ("Entry 10000", "refresh_by_json", "not known")),
                            ("runbook", ("node-paused", "crier resume NODE"))):
            driver.get(url + path)
            if path == "":
                eventually(lambda: "web-2" in text_of(driver), "the overview has been redrawn")
            for word in words:
                assert word in text_of(driver), (path, word, text_of(driver)[:2000])
            assert driver.title != "owned", path
            assert not driver.find_elements(By.CSS_SELECTOR, "img[onerror], main script"), path
            assert complaints(driver) == [], (path, complaints(driver))

    def actions(self, driver, url):
        driver.get(url + "failures")
        driver.find_element(By.CSS_SELECTOR, "form[action='/failures/retry'] button").click()
        eventually(lambda: "Failure 1 was appended again" in text_of(driver), "a retry")
        driver.find_element(By.CSS_SELECTOR, "td.actions summary").click()
        driver.find_element(By.CSS_SELECTOR, "form[action='/failures/dismiss'] button").click()
        eventually(lambda: "Failure 2 was taken out" in text_of(driver), "a dismissal")
        driver.get(url + "entry?id=77")
        driver.find_element(By.CSS_SELECTOR, "form[action='/replay'] button").click()
        eventually(lambda: "Nothing has been written yet" in text_of(driver), "a dry run")
        driver.find_element(By.CSS_SELECTOR, "main form[method=post] button").click()
        eventually(lambda: "Replayed as entry" in text_of(driver), "a replay")
        driver.get(url + "log")
        driver.find_element(By.CSS_SELECTOR, "main details summary").click()
        driver.find_element(By.NAME, "after").send_keys("70")
        driver.find_element(By.NAME, "through").send_keys("72")
        driver.find_element(By.CSS_SELECTOR, "form[action='/replay'] button").click()
        eventually(lambda: "Replay these 2" in text_of(driver), "a dry run of two")
        driver.find_element(By.CSS_SELECTOR, "main form[method=post] button").click()
        eventually(lambda: "Replayed as entries" in text_of(driver), "a replay of two")
        self.pausing(driver, url)
        driver.get(url + "events?kind=action")
        for what in ("pause for 1h", "end of the pause", "retry of failure 1", "dismissal of failure 2", "replay of entry 77", "replay of 2 entries"):
            assert "alice, on the web page: " + what in text_of(driver), text_of(driver)

    def pausing(self, driver, url):
        """The page is redrawn meanwhile, so that what is to be clicked may just be gone."""
        row = "//tr[td/a[text()='web-2']]"

        def click(where):
            eventually(lambda: driver.find_element(By.XPATH, row + where).click() is None, "a click on " + where)

        driver.get(url + "nodes")
        click("//summary")
        field = driver.find_element(By.XPATH, row + "//input[@name='for']")
        field.clear()
        field.send_keys("1h")
        click("//form//button")
        eventually(lambda: "is asked to read no further" in text_of(driver), "a pause")
        eventually(lambda: "it stands at entry" in driver.find_element(By.XPATH, row).text, "web-2 stands")
        self.shoot(driver, "paused")
        driver.get(url)
        eventually(lambda: driver.find_elements(By.CSS_SELECTOR, "rect.paused")
                   and "by alice" in driver.find_element(By.XPATH, "//div[@class='strip'][span[text()='web-2']]").text,
                   "the overview marks it")
        self.shoot(driver, "overview-paused")
        driver.get(url + "nodes")
        click("//form[@action='/nodes/resume']/button")
        eventually(lambda: "may read again" in text_of(driver), "its end")
        eventually(lambda: "live" in driver.find_element(By.XPATH, row).text, "web-2 reads")

    def explaining(self, driver, url):
        """From an entry, from a failure and by the form."""
        driver.get(url + "entry?id=77")
        driver.find_element(By.LINK_TEXT, "78").click()
        eventually(lambda: "Explain 78" in driver.title and "refresh_by_ids 77,78" in text_of(driver), "from an entry")
        eventually(lambda: driver.refresh() or "before start" in text_of(driver), "what became of it")
        driver.get(url + "failures")
        driver.find_element(By.LINK_TEXT, "explain a key").click()
        eventually(lambda: driver.title.startswith("Explain ·"), "from a failure")
        assert driver.find_element(By.NAME, "refresher").get_attribute("value") == PRODUCTS
        driver.find_element(By.NAME, "key").send_keys("76")
        driver.find_element(By.NAME, "node").send_keys("web-1")
        driver.find_element(By.CSS_SELECTOR, "main form button").click()
        eventually(lambda: "Entry 76 " in text_of(driver), "by the form")
        assert not driver.find_elements(By.XPATH, "//td[text()='web-2']")

    def problem(self, driver, url):
        """A problem leads to its place in the runbook."""
        driver.get(url)
        eventually(lambda: driver.find_element(By.LINK_TEXT, "node-stale").click() is None, "a click on a problem")
        eventually(lambda: driver.execute_script(
            "const at = document.querySelector(':target')?.getBoundingClientRect();"
            "return at && at.top >= 0 && at.top < innerHeight && location.hash") == "#node-stale", "its section is seen")

    def live(self, driver, url):
        driver.get(url + "live?canaries=1")
        eventually(lambda: "as they are written" in text_of(driver), "the stream is open")
        self.run_tool("send", "--force", "--refresher", ORDERS, "--id", "424242")
        eventually(lambda: "refresh_by_ids 424242" in
                   driver.find_element(By.CSS_SELECTOR, "#live tr").text, "an entry comes")
        pause = driver.find_element(By.XPATH, "//button[text()='Pause']")
        pause.click()
        self.run_tool("send", "--force", "--refresher", ORDERS, "--id", "515151")
        time.sleep(0.3)
        assert "515151" not in text_of(driver)
        pause.click()
        eventually(lambda: "refresh_by_ids 515151" in text_of(driver), "it goes on where it was")

    def narrow(self, url):
        driver = browser(width=390, height=844)
        for path in ("", "nodes", "log?canaries=1", "entry?id=9992", "live", "failures", "events", "replay?ids=77",
                     f"explain?refresher={ORDERS}&key=77", "runbook",
                     f"explain?refresher={PRODUCTS}&path=/note&key={urllib.parse.quote(HOSTILE)}"):
            driver.get(url + path)
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            assert wide <= 390, (path, wide)
            over = driver.execute_script("""
                const at = document.querySelector("tbody tr")?.getBoundingClientRect();
                if (!at) return "";
                scrollTo(0, scrollY + at.top - 100);
                const hit = new Set();
                for (let x = 5; x < innerWidth; x += 20) for (let y = 102; y < 100 + at.height; y += 8)
                    hit.add(document.elementFromPoint(x, y)?.closest("thead, tbody, .scroll")?.tagName);
                return [...hit].join()""")
            assert "THEAD" not in over, (path, over)  # the titles of the columns, which are hidden
        driver.quit()

    def standing(self, driver):
        """A page that is redrawn stands still while somebody reads in it, and says so."""
        driver.execute_script("getSelection().selectAllChildren(document.querySelector('h1'))")
        eventually(lambda: "stands still since" in text_of(driver), "the page says that it stands still")
        driver.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
        eventually(lambda: "stands still" not in text_of(driver), "it goes on")
        driver.execute_script("document.querySelector('main a').focus()")
        eventually(lambda: "stands still since" in text_of(driver), "it stands again")

    def many_tabs(self, driver, url):
        """A browser has six connections to a server: the tabs that nobody sees leave them to the others."""
        first = driver.current_window_handle
        for _ in range(7):
            driver.switch_to.new_window("tab")
            driver.get(url + "live")
            eventually(lambda: "as they are written" in text_of(driver), "one more page follows the log")
        self.run_tool("send", "--force", "--refresher", ORDERS, "--id", "616161")
        eventually(lambda: "616161" in text_of(driver), "it follows")
        driver.close()
        driver.switch_to.window(driver.window_handles[1])
        eventually(lambda: "616161" in text_of(driver), "a tab that is seen again has what has come meanwhile")
        for handle in driver.window_handles:
            if handle != first:
                driver.switch_to.window(handle)
                driver.close()
        driver.switch_to.window(first)

    def live_again(self, driver, folder):
        """A stream that is refused says why, and goes on once it is let in."""
        server = Server(self.crier, self.store)
        driver.get(server.url + "live")
        eventually(lambda: "as they are written" in text_of(driver), "it follows")
        port = server.url.rstrip("/").rsplit(":", 1)[1]
        server.stop()
        tokens = folder / "live-tokens"
        tokens.write_text("t" * 32 + "\n")
        tokens.chmod(0o600)
        server = Server(self.crier, self.store, "--token-file", str(tokens), port=port)
        eventually(lambda: "not logged in any more" in text_of(driver), "it says that one is to log in")
        server.stop()
        server = Server(self.crier, self.store, port=port)
        eventually(lambda: "as they are written" in text_of(driver), "it follows again")
        driver.get("about:blank")
        streams = []
        while len(streams) < 16:
            try:
                streams.append(urllib.request.urlopen(server.url + "live/stream?after=10000", timeout=PATIENCE))
            except urllib.error.HTTPError:  # the browser's own is yet to end
                time.sleep(0.2)
        driver.get(server.url + "live")
        eventually(lambda: "As many pages follow the log" in text_of(driver), "it says that there are too many")
        for stream in streams:
            stream.close()
        eventually(lambda: "as they are written" in text_of(driver), "it follows once more")
        server.stop()

    def without_script(self, url):
        driver = browser(script=False)
        for path, word in (("", "Freshness"), ("nodes", "web-1"), ("log", "Older entries"), ("live", "Entry"),
                           ("failures", "no memory"), ("events", "joined")):
            driver.get(url + path)
            assert word in text_of(driver), path
        driver.get(url + "explain")
        driver.find_element(By.NAME, "refresher").send_keys(ORDERS)
        driver.find_element(By.NAME, "key").send_keys("77")
        driver.find_element(By.CSS_SELECTOR, "main form button").click()
        eventually(lambda: "refresh_by_ids 77,78" in text_of(driver), "an answer without JavaScript")
        driver.get(url + "failures")
        driver.find_element(By.CSS_SELECTOR, "form[action='/failures/retry'] button").click()
        eventually(lambda: "Failure 3 was appended again" in text_of(driver), "a retry without JavaScript")
        driver.quit()

    def another_site(self, driver, url):
        """A form on a page of another origin changes nothing."""
        page = "data:text/html,<form method=post action='%sreplay'><input name=ids value=1></form>" % url
        before = self.run_tool("list", "--limit", "1", "--reverse", "--json")
        driver.get(page)
        driver.execute_script("document.forms[0].submit()")
        eventually(lambda: "not sent from a page of this server" in text_of(driver), "a refusal")
        assert before == self.run_tool("list", "--limit", "1", "--reverse", "--json")

    def locked(self, folder):
        tokens = folder / "tokens"
        tokens.write_text("bob " + "t" * 32 + "\n")
        tokens.chmod(0o600)
        server = Server(self.crier, self.store, "--token-file", str(tokens))
        driver = browser()
        driver.get(server.url + "entry?id=77")
        assert "Log in" in text_of(driver) and "refresh_by_ids" not in text_of(driver)
        self.shoot(driver, "login")
        driver.find_element(By.NAME, "token").send_keys("t" * 32)
        driver.find_element(By.CSS_SELECTOR, "main button").click()
        eventually(lambda: "refresh_by_ids" in text_of(driver), "logged in, and where one wanted to go")
        assert "you are bob" in text_of(driver)
        driver.find_element(By.CSS_SELECTOR, "footer button").click()
        eventually(lambda: "Log in" in text_of(driver), "logged out")
        driver.quit()
        server.stop()

    def run(self, folder):
        self.set_up()
        worsen(self.store)
        server = Server(self.crier, self.store, "--allow-actions")
        driver = browser()
        self.pages(driver, server.url)
        if self.screenshots:
            for name, path in (("problems", ""), ("nodes", "nodes"), ("log", "log?canaries=1"),
                               ("failures", "failures"), ("entry", "entry?id=9992"), ("live", "live"),
                               ("events", "events"), ("replay", "replay?ids=77 78"), ("runbook", "runbook#node-stale")):
                driver.get(server.url + path)
                self.shoot(driver, name)
            dark = browser(dark=True)
            for name, path in (("nodes-dark", "nodes"), ("log-dark", "log?canaries=1"), ("failures-dark", "failures")):
                dark.get(server.url + path)
                self.shoot(dark, name)
            dark.quit()
            small = browser(width=390, height=844)
            for name, path in (("nodes-narrow", "nodes"), ("log-narrow", "log"), ("failures-narrow", "failures"), ("explain-narrow", f"explain?refresher={ORDERS}&key=77")):
                small.get(server.url + path)
                self.shoot(small, name)
            small.quit()
        self.narrow(server.url)
        self.explaining(driver, server.url)
        self.problem(driver, server.url)
        self.live(driver, server.url)
        self.many_tabs(driver, server.url)
        self.live_again(driver, folder)
        self.another_site(driver, server.url)
        self.actions(driver, server.url)
        self.without_script(server.url)
        self.locked(folder)
        driver.get(server.url)
        self.standing(driver)
        server.stop()
        eventually(lambda: "out of date" in text_of(driver), "a page whose server is gone says so, though it stands")
        driver.quit()


def main():
    faulthandler.dump_traceback_later(200, exit=True)  # says where it hangs
    crier = pathlib.Path(sys.argv[1]).resolve()
    screenshots = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) == 4 else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crier-browser-"))
    os.chdir(folder)  # so that the pages show a short name
    test = Test(str(crier), screenshots)
    begin = time.monotonic()
    try:
        test.run(folder)
    finally:
        test.end()
    shutil.rmtree(folder)
    print(f"well, in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
