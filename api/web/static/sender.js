// Sends one file, keyed by its SHA-256, and sends it again by itself when the connection breaks: the server never doubles.

const LARGEST_TO_HASH = 256 * 1024 * 1024; // bytes; the browser can only hash what fits in memory
const PAUSES_S = [1, 2, 4, 8, 15, 30];
const SILENT_MS = 90_000; // a transfer without any progress for so long is cut and begun anew
const PASSING = new Set([0, 408, 425, 429, 502, 503, 504]);

export async function hashOf(file) {
  if (!window.crypto.subtle || file.size > LARGEST_TO_HASH) return "";
  const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function request(method, address, body, csrf, onProgress) {
  return new Promise((resolve) => {
    const call = new XMLHttpRequest();
    let watch = 0;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => call.abort(), SILENT_MS);
    };
    const end = (status, text) => {
      clearTimeout(watch);
      let told = null;
      try {
        told = JSON.parse(text || "null");
      } catch {
        status = status || 0; // a proxy's own page: the status alone speaks
      }
      resolve({ status, body: told });
    };
    call.open(method, address);
    call.setRequestHeader("X-CSRF-Token", csrf);
    call.upload.onprogress = (event) => {
      alive();
      onProgress(event.total ? event.loaded / event.total : 1);
    };
    call.onload = () => end(call.status, call.responseText);
    for (const kind of ["error", "abort", "timeout"]) call.addEventListener(kind, () => end(0, ""));
    alive();
    call.send(body);
  });
}

/** After so many seconds, or as soon as the network is back. */
function pause(seconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
  });
}

function attempt(file, hash, to) {
  const lang = `lang=${to.lang}`;
  if (hash) {
    const address = `/v1/batches/${to.batch}/files/${hash}?name=${encodeURIComponent(file.name)}&${lang}`;
    return request("PUT", address, file, to.csrf, to.onProgress);
  }
  const body = new FormData();
  body.append("files", file);
  return request("POST", `/v1/batches/${to.batch}/files?${lang}`, body, to.csrf, to.onProgress);
}

/** `{ file }` as the server received it, `{ problem }` it refused it with, or `{}` when no connection came about. */
export async function sendFile(file, hash, to) {
  for (let times = 0; ; times += 1) {
    const answer = await attempt(file, hash, to);
    if (answer.status >= 200 && answer.status < 300) {
      if (!Array.isArray(answer.body)) return { file: answer.body };
      const [receipt] = answer.body;
      return receipt.file ? { file: receipt.file } : { problem: { detail: receipt.reason.message, next_step: receipt.reason.next_step } };
    }
    if (!PASSING.has(answer.status)) return { problem: answer.body || { detail: String(answer.status) } };
    if (times >= PAUSES_S.length) return {};
    to.onPause(PAUSES_S[times]);
    await pause(PAUSES_S[times]);
  }
}
