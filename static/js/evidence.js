// The tray of a form: photos go up one by one as they are chosen, dropped or pasted, and lie ready there. Without this
// script they are sent together with the form (templates/components/evidence.html).
import { say } from "./forms.js";

const MOST_FILES = 7;
const MOST_BYTES = 5 * 1024 * 1024;
const EDGE = 2560;
const LIMIT = "图片最多7张，单张不超过5MB";
const AWAY = "登录已过期，请重新登录，填写内容已保留";
const UNSENT = "上传失败，请检查网络后重试";

const trays = new WeakMap();

class Tray {
  constructor(fieldset) {
    this.form = fieldset.form;
    this.upload = fieldset.dataset.upload;
    this.list = fieldset.querySelector("[data-staged]");
    this.errors = fieldset.querySelector("[data-errors]");
    this.input = fieldset.querySelector("input[type=file]");
    this.last = Promise.resolve();
    this.under_way = 0;
    this.input.addEventListener("change", () => {
      this.take(this.input.files);
      this.input.value = "";
    });
    this.list.addEventListener("change", (event) => this.changed(event.target));
    // Enter in a caption is no answer yet.
    this.list.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing && event.target.matches("[type=text]")) event.preventDefault();
    });
  }

  get count() {
    return this.list.children.length;
  }

  take(files) {
    this.errors.replaceChildren();
    for (const file of [...files]) {
      if (this.count >= MOST_FILES) return this.complain(LIMIT);
      const line = this.waiting(file.name);
      this.under_way += 1;
      this.last = this.last.then(() => this.send(file, line));
    }
  }

  complain(sentence) {
    const line = document.createElement("li");
    line.textContent = sentence;
    this.errors.append(line);
  }

  // A line for a file on its way.
  waiting(name) {
    const line = document.createElement("li");
    line.className = "row staged";
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    bar.setAttribute("aria-label", `正在上传 ${name}`);
    line.append(bar, name);
    this.list.append(line);
    return line;
  }

  async send(file, line) {
    const small = await shrunk(file);
    if (small.size > MOST_BYTES) return this.done(line, `「${file.name}」${LIMIT}`);
    const answer = await this.post(this.upload, this.body({ file: small }), line.querySelector("progress"));
    if (answer.status !== 201) return this.done(line, `「${file.name}」${sentence(answer)}`);
    line.insertAdjacentHTML("afterend", answer.text);
    this.done(line);
  }

  done(line, error) {
    line.remove();
    if (error) this.complain(error);
    this.under_way -= 1;
    if (this.under_way) return;
    const { submitter } = this;
    this.submitter = undefined;
    if (submitter === undefined) return;
    say(this.form, "");
    if (!this.errors.children.length) this.form.requestSubmit(submitter);
  }

  body(fields) {
    const body = new FormData();
    const kept = ["csrfmiddlewaretoken", "tray"].map((name) => [name, this.form.elements[name]?.value]);
    for (const [name, value] of [...kept, ...Object.entries(fields)]) if (value !== undefined) body.append(name, value);
    return body;
  }

  post(address, body, bar) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      if (bar) request.upload.onprogress = (event) => (bar.value = event.loaded / event.total);
      request.onload = () => resolve({ status: request.status, text: request.responseText });
      request.onerror = () => resolve({ status: 0, text: "" });
      request.send(body);
    });
  }

  async changed(control) {
    const item = control.closest("[data-item]");
    if (!item) return;
    this.errors.replaceChildren();
    if (control.name === "drop") {
      const answer = await this.post(`${item.dataset.item}discard/`, this.body({}));
      // 404: it is gone already.
      if (![204, 404].includes(answer.status)) {
        control.checked = false;
        return this.complain(sentence(answer));
      }
      const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("[name=drop]");
      item.remove();
      (next ?? this.input).focus();
    } else {
      const answer = await this.post(`${item.dataset.item}caption/`, this.body({ caption: control.value }));
      if (answer.status !== 204) this.complain(sentence(answer));
    }
  }
}

const sentence = ({ status, text }) => {
  if (status === 401 || status === 403) return AWAY;
  return status === 422 || status === 409 ? text : UNSENT;
};

// What a camera makes may be larger than what may be sent; it is kept no larger than this anyway.
const shrunk = async (file) => {
  if (file.size <= MOST_BYTES || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const share = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.round(picture.width * share), Math.round(picture.height * share));
    const brush = canvas.getContext("2d");
    brush.fillStyle = "white";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return small.size < file.size ? new File([small], file.name, { type: small.type }) : file;
  } catch {
    return file;
  }
};

const holdsFiles = (transfer) => transfer?.types.includes("Files");
const trayOf = (event) => trays.get(event.target.closest?.("form"));

for (const fieldset of document.querySelectorAll("[data-tray]")) trays.set(fieldset.form, new Tray(fieldset));

addEventListener("dragover", (event) => {
  if (!holdsFiles(event.dataTransfer)) return;
  event.preventDefault(); // nor may a photo that misses the form replace the page
  const tray = trayOf(event);
  event.dataTransfer.dropEffect = tray ? "copy" : "none";
  for (const form of document.querySelectorAll("form[data-dropping]")) form.removeAttribute("data-dropping");
  tray?.form.setAttribute("data-dropping", "");
});
for (const name of ["dragleave", "drop"]) {
  addEventListener(name, (event) => {
    if (name === "drop" || !event.relatedTarget) {
      document.querySelectorAll("form[data-dropping]").forEach((form) => form.removeAttribute("data-dropping"));
    }
  });
}
addEventListener("drop", (event) => {
  if (!holdsFiles(event.dataTransfer)) return;
  event.preventDefault();
  trayOf(event)?.take(event.dataTransfer.files);
});
// Where words come along (a table from a spreadsheet), the words are meant.
addEventListener("paste", (event) => {
  const { clipboardData } = event;
  const tray = trayOf(event);
  if (!tray || !clipboardData?.files.length || clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  tray.take(clipboardData.files);
});

// A form waits for what is still on its way up, and is then sent; not when one of them was refused.
addEventListener(
  "submit",
  (event) => {
    const tray = trays.get(event.target);
    if (!tray?.under_way) return;
    event.preventDefault();
    tray.submitter = event.submitter ?? null;
    say(tray.form, "正在上传图片，完成后自动提交");
  },
  { capture: true },
);
