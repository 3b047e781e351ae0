// Keeps the page of the installation's state fresh. Without this script the link "look again" does it.
const SECONDS = 20;
const state = document.getElementById("state");

async function look() {
  if (document.hidden || state.contains(document.activeElement)) return; // nobody looks, or somebody is just reading there by keyboard
  try {
    const answer = await fetch("/status", { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("state");
    if (fresh) state.replaceChildren(...fresh.childNodes);
  } catch {
    // the server is away: the page shows when it was made, and the next look may succeed
  }
}

setInterval(look, SECONDS * 1000);
