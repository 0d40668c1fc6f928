// Without a mouse, and quickly. Nothing here works while somebody types, but Ctrl+Enter; nothing while an input
// method is at work.
const $ = (selector) => document.querySelector(selector);
const rows = () => [...document.querySelectorAll("main table .action a")];
const menu = (path) => $(`.nav a[href="${path}"]`);
const ticket = $("[data-presence]") && $("h1").textContent.trim();

const move = (step) => {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const goal = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  goal?.focus({ preventScroll: true });
  goal?.closest("tr").scrollIntoView({ block: "nearest" });
  return Boolean(goal);
};
const press = (element) => element && (element.click(), true);
const focus = (element) => element && (element.focus(), element.scrollIntoView({ block: "center" }), true);
const answer = () => focus($("#result textarea:not([readonly]):not(details:not([open]) *)") ?? $("#result summary"));
// The way back to the list goes along.
const onward = () => ticket && (location.assign(`/tickets/next/?after=${ticket}${location.search.replace("?", "&")}`), true);

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => !ticket && move(1),
  ArrowUp: () => !ticket && move(-1),
  o: () => rows().includes(document.activeElement) && press(document.activeElement),
  "/": () => focus($("[role=search] input:not([type=hidden])")),
  n: () => (ticket ? onward() : press(menu("/tickets/new/"))),
  "]": onward,
  u: () => press($("[data-back]")),
  r: answer,
  "?": () => help(),
};
const GO = { l: "/tickets/", n: "/tickets/new/", r: "/tickets/review/", o: "/tickets/overdue/", s: "/orders/" };

const help = () => {
  if (!$(".nav")) return false; // login, a rating: nothing of this is there
  const lines = [
    ["j 或 ↓，k 或 ↑", "列表中上下移动"],
    ["Enter 或 o", "打开所在的工单"],
    ["/", "到搜索栏"],
    ["g 再按 l", "工单列表"],
    menu("/tickets/review/") && ["g 再按 r", "待客服审核"],
    menu("/tickets/overdue/") && ["g 再按 o", "超时工单"],
    menu("/orders/") && ["g 再按 s", "订单查询"],
    menu("/tickets/new/") && ["n（工单页上 g 再按 n）", "新建工单"],
    ["r", "工单页：到填写处"],
    ["n 或 ]", "工单页：下一张最急的工单"],
    ["u", "工单页：返回列表"],
    ["Ctrl 或 ⌘ + Enter", "提交正在填写的表单"],
    ["?", "显示这张表；Esc 关闭"],
  ].filter(Boolean);
  const dialog = document.createElement("dialog");
  dialog.className = "card keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const rows = lines.map(([key, words]) => `<div><dt>${key}</dt><dd>${words}</dd></div>`).join("");
  dialog.innerHTML = `<header><h2 id="keys-title">键盘</h2></header><div class="body"><dl class="ladder column">${rows}</dl>
    <form method="dialog"><button class="button">关闭</button></form></div>`;
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return true;
};

let went = 0;
addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.altKey) return;
  const form = target.form;
  if ((event.ctrlKey || event.metaKey) && key === "Enter" && form?.method === "post") {
    event.preventDefault();
    return form.requestSubmit([...form.elements].find(({ type, name }) => type === "submit" && !name));
  }
  if (event.ctrlKey || event.metaKey || $("dialog[open]")) return;
  if (target.matches("input, select, textarea") || target.isContentEditable) return;
  const path = went && event.timeStamp - went < 1500 && GO[key];
  went = key === "g" ? event.timeStamp : 0;
  const act = path ? () => press(menu(path)) : Object.hasOwn(KEYS, key) && KEYS[key];
  if (act && act()) event.preventDefault();
});

// A page that opens at a place in it (#result) takes the focus there, away from what asked for it.
const goOn = () => {
  const upcoming = $("[data-upcoming]");
  if (upcoming) scrollTo(0, 0);
  // Back from a ticket, the keyboard goes on at its row.
  (upcoming ?? $("tr:target .action a"))?.focus({ preventScroll: true });
};
addEventListener("load", () => setTimeout(goOn));

// An order number that was pasted and found: on to the next question.
let pasted = false;
addEventListener("paste", ({ target }) => (pasted = target.name === "order_number"));
addEventListener("htmx:after:swap", () => {
  if (pasted && $("#lookup [data-found]") && document.activeElement.name === "order_number") $("#id_category").focus();
  pasted = false;
});
