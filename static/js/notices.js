// Tells whoever has the product open what is new: the bell, the title, a browser notification, a sound. All tabs
// together ask the server once in a while; what one of them heard, the others read from local storage.

// In a worker this same file is nothing but a clock: the timers of a hidden page may be late by a minute.
if (!globalThis.document) {
  onmessage = ({ data }) => setTimeout(postMessage, data, 0);
}

const bell = globalThis.document?.querySelector("[data-fresh]");
const SEEN_MS = 5_000;
const HIDDEN_MS = 9_000; // a new ticket is to be known within 10 seconds
const LONGEST_MS = 300_000;
const KEY = `notices-${bell?.dataset.person}`;

const count = bell?.querySelector(".count");
const title = globalThis.document?.title;
const show = ({ shown, label }) => {
  bell.ariaLabel = label;
  count.textContent = shown;
  count.hidden = !shown;
  document.title = shown ? `(${shown}) ${title}` : title;
};

// Shared by all tabs: what the bell shows, asked for `at`. Notices up to `floor` are old, those in `known` were
// announced. Without a storage this tab goes on alone.
let state;
const recall = () => {
  try {
    state = JSON.parse(localStorage.getItem(KEY)) ?? state;
  } catch {}
  return state;
};
const remember = (next) => {
  state = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {}
};

const beep = () => {
  const audio = new AudioContext();
  const volume = new GainNode(audio, { gain: 0.15 });
  volume.connect(audio.destination);
  [880, 1175].forEach((frequency, i) => {
    const tone = new OscillatorNode(audio, { frequency });
    tone.connect(volume);
    tone.start(audio.currentTime + i * 0.16);
    tone.stop(audio.currentTime + i * 0.16 + 0.14);
  });
  setTimeout(() => audio.close(), 1000);
};

// In this tab, unless something is typed here that would be lost.
const visit = (url) => {
  focus();
  const typed = [...document.querySelectorAll("textarea, input")].some((field) => field.value !== field.defaultValue);
  typed ? open(url) : location.assign(url);
};

const notify = ({ title, text, url, tag }) => {
  try {
    new Notification(title, { body: text, tag, lang: "zh-CN" }).onclick = () => visit(url);
  } catch {
    // browsers of telephones know notifications of service workers only
  }
};

const announce = (notices, { on_screen, with_sound, shown }) => {
  if (!notices.length) return;
  document.querySelector("[data-said]").textContent = notices.map(({ title, text }) => `${title}：${text}`).join("；");
  if (with_sound) beep();
  if (!on_screen || globalThis.Notification?.permission !== "granted") return;
  if (notices.length > 3) {
    notify({ title: `${shown} 条未读消息`, text: notices[0].text, url: bell.href, tag: "notices" });
  } else {
    for (const notice of notices) notify({ ...notice, tag: `notice-${notice.id}` });
  }
};

const take = (answer) => {
  let { floor, known } = recall();
  const fresh = answer.notices.filter(({ id }) => id > floor && !known.includes(id));
  known = [...known, ...fresh.map(({ id }) => id)];
  if (known.length > 50) [floor, known] = [Math.max(...known), []];
  remember({ floor, known, at: Date.now(), shown: answer.shown, label: answer.label });
  show(answer);
  announce(fresh.filter(({ still }) => !still), answer);
};

let failures = 0;
const ask = async (url, options) => {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15_000), ...options });
  if (answer.status === 401) return false;
  if (!answer.ok) throw new Error(answer.status);
  take(await answer.json());
  return true;
};

const pause = () => (document.hidden ? HIDDEN_MS : SEEN_MS);
// Whether to go on: not after a logout.
const look = async () => {
  const last = recall();
  if (Date.now() - last.at < pause() - 500) {
    show(last);
    return true;
  }
  try {
    const goesOn = await ask(bell.dataset.fresh);
    failures = 0;
    return goesOn;
  } catch {
    failures++;
    return true;
  }
};

const start = () => {
  const last = recall();
  const begins = last && Date.now() - last.at < LONGEST_MS ? last : { floor: +bell.dataset.newest, known: [], at: 0 };
  remember({ ...begins, shown: count.textContent, label: bell.ariaLabel });
  show(state);
  let clock;
  try {
    clock = new Worker(import.meta.url, { type: "module" });
  } catch {
    clock = { postMessage: (ms) => setTimeout(() => clock.onmessage(), ms) };
  }
  // Two tabs whose time has come at the same moment would both announce; where there are locks, one of them waits.
  const alone = navigator.locks ? (act) => navigator.locks.request(KEY, act) : (act) => act();
  clock.onmessage = async () => {
    if (!(await alone(look))) return clock.terminate?.();
    const rest = failures ? SEEN_MS * 2 ** failures : pause() - (Date.now() - state.at);
    clock.postMessage(Math.min(Math.max(rest, 500), LONGEST_MS));
  };
  clock.onmessage();
  addEventListener("storage", ({ key, newValue }) => key === KEY && newValue && show(JSON.parse(newValue)));
};

// Whoever looks at a ticket has read what was said about it.
const readTicket = () => {
  const seen = document.querySelector("[data-reads]");
  if (!seen || document.hidden) return;
  removeEventListener("visibilitychange", readTicket);
  ask(seen.action, { method: "POST", body: new FormData(seen) }).catch(() => {});
};

// 消息设置: 试一试. Only here, and only after a click, the browser is asked for permission.
const tryOut = async (button) => {
  const say = (words) => (button.nextElementSibling.textContent = words);
  const { on_screen, with_sound } = button.form.elements;
  if (with_sound.checked) beep();
  if (!on_screen.checked) return say(with_sound.checked ? "已播放提示音" : "两项都没有勾选");
  if (!globalThis.Notification || !isSecureContext) return say("此浏览器不支持网页通知，或网址不是 https 开头");
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return say("浏览器没有允许通知，请在地址栏左侧的网站设置里改为允许");
  notify({ title: "通知已开启", text: "有新消息时会这样提醒您", url: bell.href, tag: "try" });
  say("已发出一条通知");
};

if (bell) {
  start();
  readTicket();
  addEventListener("visibilitychange", readTicket);
  for (const button of document.querySelectorAll("[data-try]")) {
    button.hidden = false;
    button.addEventListener("click", () => tryOut(button));
  }
}
