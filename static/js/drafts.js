// Nothing typed is lost: a form with [data-draft] is saved on the server while somebody types, and in the browser
// until the server has it. See tickets/drafting.py and templates/components/drafts.html.
import { signInAgain } from "./session.js";

const PAUSE = 1000;
const RETRY = 5000;
const PATIENCE = 8000;
const MARK = `draft ${document.body.dataset.person} `;
const MOBILE = /^(00)?(86)?1[3-9]\d{9}$/;
const made = document.querySelector("[data-now]")?.dataset.now;
const ahead = made ? made * 1000 - Date.now() : 0;
const clock = (moment) => new Date(moment).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false, hour: "2-digit", minute: "2-digit" });
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const read = (place) => {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
};
const write = (place, copy) => {
  try {
    copy ? localStorage.setItem(place, JSON.stringify(copy)) : localStorage.removeItem(place);
    return true;
  } catch {
    return false; // no room, or not allowed
  }
};

const post = (url, fields, stamp) => {
  const body = new FormData();
  for (const [name, text] of Object.entries(fields)) body.set(name, text);
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  if (stamp !== undefined) body.set("stamp", stamp);
  return fetch(url, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
};

// Whether a form has arrived though its answer never came back.
const arrived = async (key) => Boolean(key) && (await (await fetch(`/tickets/sent/?key=${key}`)).json()).done;

class Sheet {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.draftUrl;
    this.stamp = form.dataset.draftStamp;
    this.place = MARK + this.url;
    this.line = form.querySelector("[data-draft-words]");
    this.texts = [...form.querySelectorAll("textarea")];
    this.saving = Promise.resolve();
    form.addEventListener("input", () => this.touch());
    form.addEventListener("change", () => this.touch());
    document.querySelector(`[form=draft-clear][formaction="${this.url.replace("/draft/", "/draft/clear/")}"]`)
      ?.addEventListener("click", () => write(this.place, null));
    this.recall();
  }

  words() {
    const unwritten = /^(csrfmiddlewaretoken|form_key|sheet)$|seen_/;
    return Object.fromEntries([...new FormData(this.form)].filter(([name, text]) => typeof text === "string" &&
      !unwritten.test(name) && !(name === "order_number" && MOBILE.test(text.replace(/\D/g, "")))));
  }

  isBlank() {
    return this.texts.every((text) => !text.value.trim());
  }

  say(words, button) {
    this.line.replaceChildren(words, ...(button ? [" · ", button] : []));
    this.line.parentElement.querySelector(":scope > .link")?.remove();
  }

  keepHere(more) {
    return write(this.place, { fields: this.words(), at: Date.now() + ahead, stamp: this.stamp, ...more });
  }

  touch() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // Resolves to whether the server has it; one at a time.
  save() {
    clearTimeout(this.timer);
    this.saving = this.saving.then(() => this.send());
    return this.saving;
  }

  async send() {
    const blank = this.isBlank();
    const fields = this.words();
    if (blank && !this.stamp) return write(this.place, null);
    try {
      let response = await post(this.url, blank ? {} : fields, this.stamp);
      if (response.status === 401 || response.status === 403) {
        this.say(this.keepHere() ? "登录已过期，已存在本机" : "登录已过期，未保存");
        if (!(await signInAgain())) return false;
        response = await post(this.url, blank ? {} : fields, this.stamp);
      }
      if (response.status === 409) return this.offer(await response.json());
      if (response.status === 422 || response.status === 404) {
        this.say(this.keepHere() ? "未保存，已存在本机" : "未保存");
        return true; // the server is there; what it thinks of the form, it says when the form is sent
      }
      if (!response.ok) throw response;
      const answer = await response.json();
      this.stamp = answer.stamp;
      this.dirty = !same(fields, this.words());
      if (!this.dirty) write(this.place, null);
      this.say(answer.clock && `已保存 ${answer.clock}`);
      return true;
    } catch {
      this.say(this.keepHere() ? "未保存，已存在本机" : "未保存");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), RETRY);
      return false;
    }
  }

  // Another window or device has written, too: say so, and let the person take it. Theirs is saved from now on.
  offer({ fields, stamp, clock }) {
    this.stamp = stamp;
    this.keepHere();
    this.choice(`另一处在 ${clock.slice(0, 5)} 也写了草稿`, fields);
    return true;
  }

  choice(words, other) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "换成那一份" });
    button.addEventListener("click", () => {
      const mine = this.words();
      this.fill(other);
      this.choice("已换成另一份", mine);
      button.remove();
      this.touch();
    });
    this.say(words, button);
  }

  fill(fields) {
    const prefix = `${this.form.dataset.draft}-`;
    for (const control of this.form.elements) {
      const text = fields[control.name] ?? fields[control.name.replace(prefix, "")];
      if (text === undefined || control.type === "hidden" || control.type === "file") continue;
      if (control.type === "radio" || control.type === "checkbox") control.checked = control.value === text;
      else control.value = text;
    }
  }

  // A copy in this browser that the server never got: the newer of the two is shown, the other one offered.
  async recall() {
    const copy = read(this.place);
    if (!copy) return;
    if (copy.sent && (await arrived(copy.sent).catch(() => false))) return write(this.place, null);
    const shown = this.words();
    if (same(copy.fields, shown)) return this.touch();
    if (this.dirty) return this.choice(`本机还有 ${clock(copy.at)} 的内容`, copy.fields);
    const newer = copy.stamp === this.stamp || copy.at > Date.parse(this.stamp || 0);
    const nothing = this.isBlank();
    if (newer) this.fill(copy.fields);
    if (newer && nothing) this.say(`已恢复本机 ${clock(copy.at)} 的内容`);
    else this.choice(newer ? `已恢复本机 ${clock(copy.at)} 的内容` : `本机还有 ${clock(copy.at)} 的内容`, newer ? shown : copy.fields);
    this.form.closest("details")?.setAttribute("open", "");
    if (newer) this.touch();
  }

  // Before a form goes: is the server there, and does it still know the person? Then it goes as any form does.
  async pass(submitter) {
    if (this.passing) return;
    this.passing = true;
    this.keepHere({ sent: this.form.elements.form_key?.value });
    const there = await this.save();
    this.passing = false;
    if (!there) return this.say("没有提交，内容已存在本机；请稍后再提交");
    clearTimeout(this.timer);
    this.keepHere({ sent: this.form.elements.form_key?.value });
    this.going = true;
    this.form.requestSubmit(submitter?.isConnected ? submitter : undefined);
    this.going = false;
  }
}

const sheets = new Map([...document.querySelectorAll("form[data-draft]")].map((form) => [form, new Sheet(form)]));

document.addEventListener("submit", (event) => {
  const sheet = sheets.get(event.target);
  if (!sheet || sheet.going || sheet.isBlank() || event.target.ariaBusy) return;
  event.preventDefault();
  sheet.pass(event.submitter);
}, true);

addEventListener("pagehide", () => sheets.forEach((sheet) => sheet.dirty && !sheet.isBlank() && sheet.keepHere()));
addEventListener("online", () => sheets.forEach((sheet) => sheet.dirty && sheet.save()));
// The browser itself has put back what was typed.
addEventListener("pageshow", () => sheets.forEach((sheet) =>
  sheet.texts.some((text) => text.value !== text.defaultValue && text.value.trim()) && sheet.touch()));

// Copies whose form is not on this page (the ticket moved on): the server gets them and shows them where they belong.
const handOver = async () => {
  const here = new Set([...sheets.values()].map((sheet) => sheet.place));
  for (const place of Object.keys(localStorage).filter((key) => key.startsWith(MARK) && !here.has(key))) {
    const copy = read(place);
    const url = place.slice(MARK.length);
    if (!copy || (await arrived(copy.sent))) write(place, null);
    else if ((await post(url, copy.fields, copy.stamp)).ok) {
      write(place, null);
      if (location.pathname.startsWith(url.split("draft/")[0]) && ![...sheets.values()].some((sheet) => sheet.dirty)) location.reload();
    }
  }
};
if (document.body.dataset.person) handOver().catch(() => {});
