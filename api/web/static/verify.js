// A dropped PDF is verified at once.
import { takeDrops } from "./drop.js";

const form = document.getElementById("verify");
const input = document.getElementById("file");

takeDrops(document.getElementById("drop"), (files) => {
  if (!files.length) return;
  const transfer = new DataTransfer();
  transfer.items.add(files[0]);
  input.files = transfer.files;
  form.requestSubmit();
});
