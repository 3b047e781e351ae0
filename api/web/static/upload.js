// Sends chosen files four at a time and shows what becomes of each; a batch begun is gone on with after a reload.
import { takeDrops } from "./drop.js";
import { Follower } from "./follow.js";
import { hashOf, sendFile } from "./sender.js";

const PARALLEL = 4;
const csrf = document.body.dataset.csrf;
const lang = document.documentElement.lang;
const form = document.getElementById("upload");
const board = document.getElementById("sending");
const say = board.dataset;
const element = (id) => document.getElementById(id);
const advice = (step) => say[`next_${step}`] || "";
const jobs = [];
let batch = form.dataset.batch;
let known = new Map(); // what the server has of the batch already, by hash and name
let follower = null;
let sending = false;

function add(files) {
  for (const file of files) {
    const [row, name, state, reason] = ["li", "span", "span", "small"].map((kind) => document.createElement(kind));
    name.textContent = file.webkitRelativePath || file.name;
    reason.className = "reason";
    row.append(name, " ", state, reason);
    element("list").append(row);
    const job = { file, state, reason, done: false, settled: false, id: "" };
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
  const refused = jobs.filter((job) => job.refused).length;
  element("total").textContent = say.total.replace("%s", sent).replace("%a", jobs.length).replace("%r", refused);
  element("bar").max = jobs.length || 1;
  element("bar").value = sent;
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
  window.history.replaceState(null, "", `/upload?batch=${batch}`);
}

async function openBatch() {
  if (!batch) await createBatch();
  follower ??= new Follower(batch, lang, settle);
  const detail = await (await fetch(`/v1/batches/${batch}`)).json();
  known = new Map((detail.files || []).map((one) => [`${one.object.sha256} ${one.name}`, one]));
  element("open").href = `/batches/${batch}`;
  element("open").hidden = false;
}

// What the machine says of each file once it has looked at it, and how far reading is.
function settle(detail) {
  const states = new Map(detail.files.map((one) => [one.id, one]));
  for (const job of jobs) {
    const file = states.get(job.id);
    if (!file || job.settled || file.state === "received") continue;
    job.settled = true;
    job.refused = file.state === "refused";
    const why = file.reason ? `${file.reason.message} ${advice(file.reason.next_step)}` : "";
    show(job, say[file.state] || file.state, file.state, why);
  }
  const { pages, pages_read: read, percent } = detail.batch.progress;
  element("reading").textContent = say.reading.replace("%r", read).replace("%p", pages).replace("%c", percent);
  total();
}

async function send(job) {
  show(job, say.hashing);
  const hash = await hashOf(job.file);
  const there = known.get(`${hash} ${job.file.name}`);
  const answer = there ? { file: there } : await sendFile(job.file, hash, {
    batch, csrf, lang,
    onProgress: (part) => show(job, `${say.sending} ${Math.round(100 * part)} %`),
    onPause: (seconds) => show(job, say.pausing.replace("%s", seconds), "doubt"),
  });
  job.done = Boolean(answer.file);
  job.refused = Boolean(answer.problem);
  job.id = answer.file?.id || "";
  if (job.done) show(job, say.received, "signing");
  else if (answer.problem) show(job, say.refused, "refused", `${answer.problem.detail} ${advice(answer.problem.next_step)}`);
  else show(job, say.failed, "attention", say.connection);
  follower.listen();
  total();
}

async function sendAll() {
  element("send").disabled = true;
  element("again").hidden = true;
  sending = true;
  try {
    await openBatch();
    const waiting = jobs.filter((job) => !job.done);
    const worker = async () => {
      for (let job = waiting.shift(); job; job = waiting.shift()) await send(job);
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    if (jobs.every((job) => job.done && !job.refused)) window.location.assign(element("open").href);
    else element("again").hidden = jobs.every((job) => job.done);
    follower.look();
  } catch (error) {
    board.hidden = false;
    element("total").textContent = error instanceof TypeError ? say.connection : error.message;
    element("again").hidden = !jobs.length;
  }
  sending = false;
  element("send").disabled = false;
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  add(event.target.files);
  event.target.value = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  add([...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]));
  board.hidden = false;
  if (jobs.length) sendAll();
  else element("total").textContent = say.nofile;
});
window.addEventListener("beforeunload", (event) => {
  if (sending && !jobs.every((job) => job.done)) event.preventDefault();
});
document.addEventListener("paste", (event) => add(event.clipboardData.files));
element("again").addEventListener("click", sendAll);
takeDrops(element("drop"), add);
