// One form whose draft is kept; see tickets/drafting.py and templates/components/drafts.html.
import { fill, same, wordsOf } from "./fields.js";
import { MARK, arrived, clock, now, post, read, write } from "./local.js";
import { signInAgain } from "./session.js";

const PAUSE = 1000;
const RETRY = 5000;

export class Sheet {
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

  isBlank() {
    return this.texts.every((text) => !text.value.trim());
  }

  say(words, button) {
    this.line.replaceChildren(words, ...(button ? [" · ", button] : []));
    this.line.parentElement.querySelector(":scope > .link")?.remove();
  }

  keepHere(more) {
    return write(this.place, { fields: wordsOf(this.form), at: now(), stamp: this.stamp, ...more });
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
    const fields = wordsOf(this.form);
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
      this.dirty = !same(fields, wordsOf(this.form));
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
      const mine = wordsOf(this.form);
      fill(this.form, other);
      this.choice("已换成另一份", mine);
      button.remove();
      this.touch();
    });
    this.say(words, button);
  }

  // A copy in this browser that the server never got: the newer of the two is shown, the other one offered.
  async recall() {
    const copy = read(this.place);
    if (!copy) return;
    if ("draftBeside" in this.form.dataset) return write(this.place, null); // the page itself shows it
    if (copy.sent && (await arrived(copy.sent).catch(() => false))) return write(this.place, null);
    const shown = wordsOf(this.form);
    if (same(copy.fields, shown)) return this.touch();
    if (this.dirty) return this.choice(`本机还有 ${clock(copy.at)} 的内容`, copy.fields);
    const newer = copy.stamp === this.stamp || copy.at > Date.parse(this.stamp || 0);
    const nothing = this.isBlank();
    if (newer) fill(this.form, copy.fields);
    if (newer && nothing) this.say(`已恢复本机 ${clock(copy.at)} 的内容`);
    else this.choice(newer ? `已恢复本机 ${clock(copy.at)} 的内容` : `本机还有 ${clock(copy.at)} 的内容`, newer ? shown : copy.fields);
    this.form.closest("details")?.setAttribute("open", "");
    if (newer) this.touch();
  }

  // Before a form goes: is the server there, and does it still know the person? Then it goes as any form does.
  async pass(submitter) {
    const status = this.form.querySelector("[role=status]");
    if (this.passing) return (status.textContent = "正在提交，请勿重复提交");
    this.passing = true;
    this.keepHere({ sent: this.form.elements.form_key?.value });
    const there = await this.save();
    this.passing = false;
    if (!there) {
      status.textContent = "";
      return this.say("没有提交，内容已存在本机；请稍后再提交");
    }
    clearTimeout(this.timer);
    this.keepHere({ sent: this.form.elements.form_key?.value });
    this.going = true;
    this.form.requestSubmit(submitter?.isConnected ? submitter : undefined);
    this.going = false;
  }
}
