// Signs what waits with the agent on this machine: prepare here, sign there, hand in here.
const form = document.getElementById("signing");
const csrf = document.body.dataset.csrf;
const LOOK_MS = 1000;
const LOOKS = 120;
let certificate = null;

function element(id) {
  return document.getElementById(id);
}

function boxes() {
  return [...form.querySelectorAll("#waiting input")];
}

function row(request) {
  return form.querySelector(`li[data-request="${CSS.escape(request)}"]`);
}

function show(request, text, look, reason = "") {
  const line = row(request);
  const state = line.querySelector(".state");
  state.textContent = text;
  state.className = `state ${look}`;
  line.querySelector(".reason").textContent = reason;
}

function progress(text) {
  element("progress").textContent = text;
}

async function ask(address, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  if (body && address.startsWith("/")) options.headers["X-CSRF-Token"] = csrf;
  const answer = await fetch(address, options);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

async function lookForAgent() {
  const say = form.dataset;
  try {
    [certificate] = (await ask(`${say.agent}/v1/certificates`)).certificates;
    element("agent").textContent = say.ready.replace("%s", certificate.name);
  } catch (error) {
    certificate = null;
    element("agent").textContent = error instanceof TypeError ? say.absent : error.message;
  }
  element("sign").disabled = !certificate;
}

function refuse(refusals, requestOf) {
  for (const one of refusals) show(requestOf(one.key), form.dataset.refused, "attention", one.message);
}

async function signSome(requests) {
  const say = form.dataset;
  progress(say.preparing);
  const made = await ask("/v1/signing/prepare", { certificate: certificate.certificate, chain: certificate.chain, requests });
  refuse(made.refused, (key) => key);
  if (!made.ready.length) return [];
  progress(say.asking);
  const documents = made.ready.map((one) => ({ name: one.title, attributes: one.attributes }));
  const signed = await ask(`${say.agent}/v1/sign`, { certificate_sha256: certificate.sha256, documents });
  progress(say.taking);
  const signatures = made.ready.map((one, place) => ({ ticket: one.ticket, signature: signed.signatures[place] }));
  const taken = await ask("/v1/signing/finish", { signatures });
  const byTicket = new Map(made.ready.map((one) => [one.ticket, one.request]));
  refuse(taken.refused, (key) => byTicket.get(key));
  for (const request of taken.taken) show(request, say.signed, "signing");
  return taken.taken;
}

// A document that is open again after its signature led nowhere may be chosen again.
function settle(one) {
  show(one.id, form.dataset[one.state], one.state === "done" ? "done" : "attention");
  row(one.id).querySelector("input").disabled = one.state === "done" || one.state === "given_up";
}

async function follow(requests) {
  let open = requests;
  for (let look = 0; open.length && look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const states = await Promise.all(open.map((request) => ask(`/v1/signing/requests/${request}`)));
    for (const one of states) if (one.state !== "signed") settle(one);
    open = states.filter((one) => one.state === "signed").map((one) => one.id);
  }
}

async function sign() {
  const chosen = boxes().filter((box) => box.checked && !box.disabled);
  if (!chosen.length) {
    progress(form.dataset.nothing);
    return;
  }
  element("sign").disabled = true;
  const most = Number(form.dataset.most);
  const taken = [];
  try {
    for (let start = 0; start < chosen.length; start += most) {
      const part = chosen.slice(start, start + most).map((box) => box.value);
      const done = await signSome(part);
      for (const request of done) {
        const box = row(request).querySelector("input");
        box.checked = false;
        box.disabled = true;
      }
      taken.push(...done);
    }
    progress("");
    await follow(taken);
  } catch (error) {
    progress(error instanceof TypeError ? form.dataset.connection : error.message);
  }
  element("sign").disabled = !certificate;
}

if (form) {
  element("all").addEventListener("change", (event) => {
    for (const box of boxes()) if (!box.disabled) box.checked = event.target.checked;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sign();
  });
  element("look").hidden = false;
  element("look").addEventListener("click", lookForAgent);
  lookForAgent();
}
