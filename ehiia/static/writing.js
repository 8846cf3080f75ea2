// While somebody writes on a page: keeps what they typed as a draft that only they see, and tells others that
// the page is open. Everything works without this file: then no draft is kept, and two people who save the
// same answer meet at the page where they choose between two texts.
const PAUSE = 2500; // milliseconds without a key before a draft is kept
const BEAT = 60_000; // how often the page says that it is open
const QUIET = 600_000; // after so long without a key it says so no more
const LOST = "What you typed is still on this page.";

const form = document.querySelector("form[data-draft]");
if (form) {
  const status = document.getElementById("draft-status");
  const also = document.getElementById("also-writing");
  let timer = 0;
  let latest = Date.now();
  let dirty = false;
  let sending = false;

  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };
  const filled = () => {
    const data = new FormData(form);
    data.append("page", form.dataset.page);
    return data;
  };
  const token = (left) => {
    const data = new FormData();
    data.append("csrf_token", form.elements.namedItem("csrf_token").value);
    data.append("page", form.dataset.page);
    if (left) data.append("left", "1");
    return data;
  };
  const answer = async (address, body) => {
    const found = await fetch(address, { method: "POST", body, redirect: "error", headers: { Accept: "application/json" } });
    const json = (found.headers.get("Content-Type") || "").includes("json") ? await found.json() : {};
    return { status: found.status, ...json };
  };

  const keep = async () => {
    if (!dirty || sending) return;
    dirty = false;
    try {
      const kept = await answer(form.dataset.draft, filled());
      if (kept.at) say(`Draft kept at ${kept.at}. Only you can see it: it is not saved yet.`);
      else if (kept.status === 401) say(`You were signed out. ${LOST} Sign in again in another tab, then save here.`);
      else if (kept.status === 413) say(`${kept.error}. ${LOST}`);
      else say(`The draft could not be kept. ${LOST}`);
    } catch {
      dirty = true;
      say(`The draft could not be kept. ${LOST}`);
    }
  };
  const beat = async () => {
    if (sending || Date.now() - latest > QUIET) return;
    try {
      const { others } = await answer(form.dataset.open, token(false));
      if (!others) return;
      also.hidden = others.length === 0;
      also.querySelector("p").textContent = others.length ? `${others.join(" ")} If you both change an answer, whoever saves second chooses between the two.` : "";
    } catch {
      // nobody is told; saving still shows what the other one wrote
    }
  };
  const typed = () => {
    latest = Date.now();
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => {
    sending = true;
    clearTimeout(timer);
  });
  window.addEventListener("pagehide", () => {
    if (dirty && !sending) navigator.sendBeacon(form.dataset.draft, filled());
    navigator.sendBeacon(form.dataset.open, token(true));
  });
  window.addEventListener("pageshow", () => {
    sending = false;
    beat();
  });
  setInterval(beat, BEAT);
}
