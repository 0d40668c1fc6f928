// What somebody has written in a form, and putting it back.
const UNWRITTEN = /^(csrfmiddlewaretoken|form_key|sheet|tray|attachment|drop|same_anyway)$|seen_|^caption/;
const MOBILE = /^(00)?(86)?1[3-9]\d{9}$/;

const isKept = ([name, text]) =>
  typeof text === "string" &&
  !UNWRITTEN.test(name) &&
  !(name === "order_number" && MOBILE.test(text.replace(/\D/g, ""))); // a consumer's number

export const wordsOf = (form) => Object.fromEntries([...new FormData(form)].filter(isKept));

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// The server names fields without the form's prefix.
export const fill = (form, fields) => {
  const prefix = `${form.dataset.draft}-`;
  for (const control of form.elements) {
    const text = fields[control.name] ?? fields[control.name.replace(prefix, "")];
    if (text === undefined || control.type === "hidden" || control.type === "file") continue;
    if (control.type === "radio" || control.type === "checkbox") control.checked = control.value === text;
    else control.value = text;
  }
};
