// Sends chosen files one by one, keyed by their SHA-256 so that sending again never doubles; four at a time.
import { takeDrops } from "./drop.js";

const PARALLEL = 4;
const LARGEST_TO_HASH = 256 * 1024 * 1024; // bytes; the browser can only hash what fits in memory
const csrf = document.body.dataset.csrf;
const form = document.getElementById("upload");
const board = document.getElementById("sending");
const say = board.dataset;
const list = document.getElementById("list");
const again = document.getElementById("again");
const open = document.getElementById("open");
const jobs = [];
let batch = "";

function add(files) {
  for (const file of files) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.webkitRelativePath || file.name;
    const state = document.createElement("span");
    state.className = "state";
    const reason = document.createElement("small");
    reason.className = "reason";
    row.append(name, " ", state, reason);
    list.append(row);
    const job = { file, state, reason, done: false };
    show(job, say.waiting);
    jobs.push(job);
  }
  board.hidden = !jobs.length;
  total();
}

function show(job, text, look = "", reason = "") {
  job.state.textContent = text;
  job.state.className = `state ${look}`;
  job.reason.textContent = reason;
}

function total() {
  const sent = jobs.filter((job) => job.done).length;
  document.getElementById("total").textContent = say.total.replace("%s", sent).replace("%a", jobs.length);
}

async function createBatch() {
  const answer = await fetch("/v1/batches", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify({
      dossier: form.elements.dossier.value.trim(),
      owner: form.elements.owner.value.trim(),
      automatic: form.elements.automatic.checked ? true : null,
      hold: form.elements.hold.checked,
    }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  batch = body.id;
}

async function hashOf(file) {
  if (!window.crypto.subtle || file.size > LARGEST_TO_HASH) return "";
  const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function request(job, method, address, body) {
  return new Promise((resolve) => {
    const call = new XMLHttpRequest();
    call.open(method, address);
    call.setRequestHeader("X-CSRF-Token", csrf);
    call.upload.onprogress = (event) => show(job, `${say.sending} ${Math.round((100 * event.loaded) / event.total)} %`);
    call.onload = () => resolve({ ok: call.status < 300, body: JSON.parse(call.responseText || "null") });
    call.onerror = () => resolve({ ok: false, body: { detail: say.connection } });
    call.send(body);
  });
}

async function send(job) {
  show(job, say.hashing);
  const hash = await hashOf(job.file);
  const lang = `lang=${document.documentElement.lang}`;
  let answer;
  if (hash) {
    const address = `/v1/batches/${batch}/files/${hash}?name=${encodeURIComponent(job.file.name)}&${lang}`;
    answer = await request(job, "PUT", address, job.file);
  } else {
    const body = new FormData();
    body.append("files", job.file);
    answer = await request(job, "POST", `/v1/batches/${batch}/files?${lang}`, body);
    const receipt = answer.ok ? answer.body[0] : null;
    if (receipt?.reason) answer = { ok: false, body: { detail: receipt.reason.message } };
  }
  job.done = answer.ok;
  if (answer.ok) show(job, say.received, "accepted");
  else show(job, say.refused, "refused", answer.body?.detail || say.connection);
  total();
}

async function sendAll() {
  const button = document.getElementById("send");
  button.disabled = true;
  again.hidden = true;
  try {
    if (!batch) await createBatch();
    const waiting = jobs.filter((job) => !job.done);
    const worker = async () => {
      for (let job = waiting.shift(); job; job = waiting.shift()) await send(job);
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    open.href = `/batches/${batch}`;
    open.hidden = false;
    if (jobs.every((job) => job.done)) window.location.assign(open.href);
    else again.hidden = false;
  } catch (error) {
    board.hidden = false;
    document.getElementById("total").textContent = error.message;
  }
  button.disabled = false;
}

function chosen() {
  return [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  add(event.target.files);
  event.target.value = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  add(chosen());
  board.hidden = false;
  if (jobs.length) sendAll();
  else document.getElementById("total").textContent = say.nofile;
});
again.addEventListener("click", sendAll);
takeDrops(document.getElementById("drop"), add);
