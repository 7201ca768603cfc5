// The pages can be read without this. It redraws what goes on, and shows entries as they come.
"use strict";

(() => {
  const kPeriod = 2000;
  const kPause = 3000; // before a stream is asked for again
  const kMostRows = 500;
  const soon = () => AbortSignal.timeout(10000);

  // What is to be known of the page itself; an empty text: nothing.
  const mark = document.createElement("p");
  mark.className = "mark";
  mark.setAttribute("role", "status");
  document.querySelector("header").append(mark);
  const remark = (text, isOutOfDate = false) => {
    if (mark.textContent !== text) {
      mark.textContent = text;
    }
    document.body.classList.toggle("stale-page", isOutOfDate);
  };

  // Somebody reads or types in it, and would lose that.
  const isInUse = (main) => {
    const selection = document.getSelection();
    return (!selection.isCollapsed && selection.containsNode(main, true)) || main.contains(document.activeElement);
  };

  let drawn = new Date();
  // Takes the content of the page anew. False: it is another one now, which stays.
  const redraw = async (main) => {
    if (document.hidden) {
      return true;
    }
    try {
      const response = await fetch(location.href, { signal: soon() });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("main");
      if (isInUse(main)) {
        remark("This page stands still since " + drawn.toISOString().slice(11, 19) +
               ": something on it is selected or has the focus. Escape lets it go on.");
        return true;
      }
      main.replaceChildren(...fresh.childNodes);
      document.title = page.title;
      drawn = new Date();
      remark("");
      return "redrawn" in fresh.dataset;
    } catch {
      remark("This page is out of date: the server does not answer.", true);
      return true;
    }
  };

  const main = document.querySelector("main[data-redrawn]");
  if (main) {
    const step = async () => {
      if (await redraw(main)) {
        setTimeout(step, kPeriod);
      }
    };
    setTimeout(step, kPeriod);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        document.getSelection().removeAllRanges();
        document.activeElement?.blur();
      }
    });
  }

  const table = document.querySelector("[data-stream]");
  if (!table) {
    return;
  }
  const state = document.getElementById("live-state");
  const say = (text, kind) => {
    state.textContent = text;
    state.className = "live " + kind;
  };
  const textOf = (event) => {
    const text = document.createElement("template");
    text.innerHTML = event.data;
    return text.content.textContent;
  };
  const pause = document.createElement("button");
  pause.type = "button";
  state.after(pause);

  const kNoAnswer = "The server does not answer; trying again …";
  const kWhy = {
    401: "You are not logged in any more: load the page again, and log in.",
    503: "As many pages follow the log as there may be; trying again …",
  };
  const target = new URL(table.dataset.stream, location.href);
  let source = null;
  let again = 0;
  let isPaused = false;

  const end = () => {
    source?.close();
    source = null;
    clearTimeout(again);
  };

  // A browser asks again by itself, but not after an answer that is no stream; nor does it tell
  // which answer that was.
  const fail = async (failed) => {
    say(kNoAnswer, "off");
    if (failed.readyState !== EventSource.CLOSED) {
      return;
    }
    const why = await fetch(target, { method: "HEAD", signal: soon() }).then((answer) => kWhy[answer.status], () => {});
    if (source === failed) {
      say(why ?? kNoAnswer, "off");
      again = setTimeout(begin, kPause);
    }
  };

  // A browser has few connections to a server: a tab that nobody sees takes none.
  const begin = () => {
    end();
    if (isPaused || document.hidden) {
      return;
    }
    const opened = new EventSource(target);
    source = opened;
    opened.onopen = () => say("Entries appear as they are written.", "on");
    opened.onerror = () => fail(opened);
    opened.addEventListener("entry", (event) => {
      target.searchParams.set("after", event.lastEventId);
      const rows = document.createElement("template");
      rows.innerHTML = event.data;
      rows.content.firstElementChild?.classList.add("new");
      table.prepend(rows.content);
      while (table.rows.length > kMostRows) {
        table.lastElementChild.remove();
      }
    });
    opened.addEventListener("trouble", (event) => say(textOf(event), "off"));
    opened.addEventListener("well", () => say("Entries appear as they are written.", "on"));
    opened.addEventListener("remark", (event) => say(textOf(event), "on"));
  };
  const show = () => {
    pause.textContent = isPaused ? "Go on" : "Pause";
    begin();
  };
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    if (isPaused) {
      say("Paused: what comes now is shown when you go on.", "");
    }
    show();
  });
  document.addEventListener("visibilitychange", begin);
  show();
})();
