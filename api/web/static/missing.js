// A field that must be filled says so in the language of the page; by itself the browser speaks its own.
// What was said is taken back at the next key or press, whatever it leads to: a field that holds it can never be sent.
const said = new Set();

function takeBack() {
  for (const field of said) field.setCustomValidity("");
  said.clear();
}

document.addEventListener("invalid", (event) => {
  const field = event.target;
  if (!field.validity.valueMissing) return;
  field.setCustomValidity(document.body.dataset.missing);
  said.add(field);
}, true);
for (const name of ["keydown", "pointerdown", "click"]) document.addEventListener(name, takeBack, true);
