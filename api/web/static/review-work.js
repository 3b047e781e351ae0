// The work from paper to paper: the lease is kept while the page lives, the next paper is fetched ahead and swapped in.

import { desk, openDesk, send, tell } from "./review-desk.js";
import { addWords, wordsOf } from "./review-draw.js";
import { firstWrong } from "./review-fields.js";

const LOOK_AGAIN_MS = 400;
const PICTURE_MS = 250; // a paper is not kept from the desk by a picture that is slow to come: its fields can be read and typed
let ahead = null;
let beat = 0;
let busy = false;

const leaseOf = (paper) => `/v1/papers/${paper}/lease`;

/** What begins when a paper lies on the desk. */
export function startWork() {
  const { beat: seconds, lease, waits } = desk.root.dataset;
  clearInterval(beat);
  if (lease) beat = setInterval(keep, Number(seconds) * 1000);
  if (waits === "yes") setTimeout(lookAgain, LOOK_AGAIN_MS);
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      addWords(entry.target);
    }
  });
  for (const figure of desk.figures) seen.observe(figure);
  ahead = desk.root.dataset.next ? fetchAhead(desk.root.dataset.next, desk.root.dataset.trail) : null;
}

async function keep() {
  const answer = await send("PUT", leaseOf(desk.root.dataset.paper)).catch(() => null); // no network: the next beat tries again
  if (!answer || answer.ok) return;
  clearInterval(beat);
  tell((await answer.json()).detail);
  desk.form.querySelector("#finish").disabled = true;
}

async function lookAgain() {
  const answer = await fetch(`/v1/papers/${desk.root.dataset.paper}`).catch(() => null);
  if (answer?.ok && (await answer.json()).paper.state !== "working") location.reload();
  else setTimeout(lookAgain, LOOK_AGAIN_MS);
}

/** The next paper, looked at without taking it: its page, its first picture and words. */
async function fetchAhead(paper, trail) {
  const here = desk.root;
  const mark = trail ? "&" : "?";
  const answer = await fetch(`/review/${paper}${trail}${mark}ahead=1`, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return null;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("desk");
  const root = parsed ? document.importNode(parsed, true) : null; // its pictures begin to load here
  const figure = root?.querySelector("figure[data-page]");
  const seen = figure ? Promise.allSettled([wordsOf(figure), figure.querySelector("img").decode()]) : Promise.resolve();
  seen.then(() => {
    here.dataset.ahead = paper;
  });
  return { root, seen };
}

export async function finish() {
  if (busy || desk.form.querySelector("#finish").disabled) return;
  const wrong = firstWrong();
  if (wrong) return wrong.focus();
  if (!desk.form.reportValidity()) return;
  busy = true;
  const body = new URLSearchParams(new FormData(desk.form));
  body.set("prefer", desk.root.dataset.next);
  try {
    const answer = await fetch(desk.form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) return refused(said);
    desk.root.dataset.lease = "";
    await lay(said.id, said.lease, said.next);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network is away: what was typed stays, the button works again
    tell(String(error.message));
  } finally {
    busy = false;
  }
}

function refused(problem) {
  tell(problem.detail);
  const field = desk.inputs.find((input) => input.dataset.field === problem.params?.name);
  field?.focus();
}

/** Lay the paper that was fetched ahead on the desk, or go to where the server says. */
async function lay(paper, lease, address) {
  const { root: next, seen } = (ahead && (await ahead)) || {};
  if (!paper || next?.dataset.paper !== paper) return location.assign(address);
  await Promise.race([seen, new Promise((done) => setTimeout(done, PICTURE_MS))]);
  next.dataset.lease = lease;
  desk.root.replaceWith(next);
  history.pushState(null, "", address);
  document.title = `${next.dataset.title} · ${document.title.split(" · ").at(-1)}`;
  document.querySelector("main > .notice")?.remove();
  openDesk(next);
  startWork();
  if (desk.current) {
    desk.current.focus();
    desk.current.select();
  }
  window.scrollTo(0, 0);
}

export async function nextPaper() {
  const { next, trail, paper } = desk.root.dataset;
  if (!next || busy) return;
  busy = true;
  const taken = await send("POST", leaseOf(next), { reason: "" });
  busy = false;
  if (!taken.ok) return location.assign(`/review/next${trail}${trail ? "&" : "?"}after=${paper}`);
  leave();
  await lay(next, (await taken.json()).token, `/review/${next}${trail}`);
}

export function previousPaper() {
  const { previous, trail } = desk.root.dataset;
  if (previous) location.assign(`/review/${previous}${trail}`);
}

/** Give the paper up on leaving, so that others may take it at once. */
export function leave() {
  const { lease, paper } = desk.root.dataset;
  clearInterval(beat);
  if (lease) send("DELETE", `${leaseOf(paper)}?token=${lease}`, undefined, true).catch(() => null);
}
