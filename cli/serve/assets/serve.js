// The pages can be read without this. It redraws what goes on, and shows entries as they come.
"use strict";

(() => {
  const kPeriod = 2000;
  const kMostRows = 500;

  const outOfDate = (is) => document.body.classList.toggle("stale-page", is);

  // Takes the content of the page anew, unless somebody reads or types in it.
  const redraw = async (main) => {
    const isInUse = String(document.getSelection()) !== "" || main.contains(document.activeElement);
    if (document.hidden || isInUse) {
      return;
    }
    try {
      const response = await fetch(location.href, { signal: AbortSignal.timeout(10000) });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("main");
      if (fresh) {
        main.replaceChildren(...fresh.childNodes);
        document.title = page.title;
      }
      outOfDate(false);
    } catch {
      outOfDate(true);
    }
  };

  const main = document.querySelector("main[data-redrawn]");
  if (main) {
    const step = async () => {
      await redraw(main);
      setTimeout(step, kPeriod);
    };
    setTimeout(step, kPeriod);
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
  const pause = document.createElement("button");
  pause.type = "button";
  state.after(pause);

  let target = table.dataset.stream;
  let last = "";
  let source = null;

  const begin = () => {
    if (last) {
      const url = new URL(target, location.href);
      url.searchParams.set("after", last);
      target = url.pathname + url.search;
    }
    source = new EventSource(target);
    source.onopen = () => say("Entries appear as they are written.", "on");
    source.onerror = () => say("The server does not answer; trying again …", "off");
    source.addEventListener("entry", (event) => {
      last = event.lastEventId;
      const rows = document.createElement("template");
      rows.innerHTML = event.data;
      rows.content.firstElementChild?.classList.add("new");
      table.prepend(rows.content);
      while (table.rows.length > kMostRows) {
        table.lastElementChild.remove();
      }
    });
    source.addEventListener("trouble", (event) => {
      const text = document.createElement("template");
      text.innerHTML = event.data;
      say(text.content.textContent, "off");
    });
    source.addEventListener("well", () => say("Entries appear as they are written.", "on"));
    source.addEventListener("remark", (event) => {
      const text = document.createElement("template");
      text.innerHTML = event.data;
      say(text.content.textContent, "on");
    });
    pause.textContent = "Pause";
  };
  pause.addEventListener("click", () => {
    if (source) {
      source.close();
      source = null;
      say("Paused: what comes now is shown when you go on.", "");
      pause.textContent = "Go on";
    } else {
      begin();
    }
  });
  begin();
})();
