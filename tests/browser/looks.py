"""What an eye would see, measured on the page as it is shown: contrast of all text, and whether anything sticks out."""

from playwright.sync_api import Page

WIDTHS = (1440, 390)

# Every text that is shown, also what CSS puts before and after elements, against what is painted behind it. Colours
# are painted on a canvas to read them, whatever notation CSS has for them. WCAG 2.2, 1.4.3: 4.5 : 1, and 3 : 1 from
# 24 px, or from 18.66 px in bold.
FAINT_TEXTS = r"""() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const paint = (colour) => {
    if (!known.has(colour)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
      known.set(colour, [red, green, blue, alpha / 255]);
    }
    return known.get(colour);
  };
  const over = (top, below, share = 1) =>
    [0, 1, 2].map((i) => top[i] * top[3] * share + below[i] * (1 - top[3] * share)).concat(1);
  const light = ([...rgb]) => {
    const [red, green, blue] = rgb.map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return dark ? [18, 18, 18, 1] : [255, 255, 255, 1];
    if (!grounds.has(element)) {
      grounds.set(element, over(paint(getComputedStyle(element).backgroundColor), ground(element.parentElement)));
    }
    return grounds.get(element);
  };
  const opacities = new Map([[null, 1]]);
  const opacity = (element) => {
    if (!opacities.has(element)) {
      opacities.set(element, getComputedStyle(element).opacity * opacity(element.parentElement));
    }
    return opacities.get(element);
  };
  const faint = [];
  const judge = (element, style, text) => {
    const below = ground(element);
    const ink = over(paint(style.color), below, opacity(element));
    const [high, low] = [light(ink), light(below)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < needed) faint.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${text.slice(0, 20)}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let judged = 0;
  const seen = new Set();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.data.trim();
    if (!text || seen.has(element) || element.closest(".unseen, option, script")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    seen.add(element);
    judged++;
    judge(element, getComputedStyle(element), text);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".unseen") || !element.checkVisibility({ visibilityProperty: true })) continue;
    for (const place of ["::before", "::after"]) {
      const style = getComputedStyle(element, place);
      const words = /^"(.*[\p{L}].*)"$/u.exec(style.content);
      if (words) judge(element, style, words[1]);
    }
    if (element.matches("input, textarea, select") && element.value) {
      judge(element, getComputedStyle(element), element.value);
    }
  }
  return judged ? [...new Set(faint)] : ["nothing was judged"];
}"""

# The page may not be wider than the window; what is too wide scrolls within itself.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 20)}`)
    .slice(0, 5).concat(`${document.documentElement.scrollWidth} > ${width}`);
}"""


def blemishes(page: Page) -> dict[str, list[str]]:
    """What is wrong with the page as it stands, at both widths, in light and in dark; empty when nothing is."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found[f"wider than {width} px"] = page.evaluate(STICKING_OUT)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found[f"faint at {width} px, {scheme}"] = page.evaluate(FAINT_TEXTS)
    return {what: where for what, where in found.items() if where}
