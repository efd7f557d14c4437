"""What a Chromium finds wrong with a page on a sheet of A4: boxes that are cut, and words that break within."""

SHEET = 672
"""Pixels that `@page` leaves of A4: 210 mm less 16 mm on each side, at 96 to the inch."""
_CUT = """sheet => [...document.querySelectorAll('body *')].filter(box => {
  const at = box.getBoundingClientRect();
  return at.width && at.height && !box.closest('.skip') && (at.right > sheet + 1 || at.left < -1);
}).map(box => `cut: ${box.tagName} ${box.className} ${box.textContent.trim().slice(0, 60)}`)"""
# A hyphen, a slash or a Chinese letter is where a line may end.
_BROKEN = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  const range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode;
    if (!text.parentElement.checkVisibility() || text.parentElement.closest('math, svg, pre, code')) continue;
    for (const word of text.data.matchAll(/[\\p{Script=Latin}\\p{N}.,]{2,}/gu)) {
      range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)));
      if (lines.size > 1) found.push(`broken: ${word[0]} in: ${text.parentElement.textContent.trim().slice(0, 60)}`);
    }
  }
  return found;
}"""


def faults(tab) -> list[str]:
    """Return what of an opened page is cut or broken on paper; the page is left as it prints."""
    tab.set_viewport_size({"width": SHEET, "height": 960})
    tab.emulate_media(media="print")
    return [*tab.evaluate(_CUT, SHEET), *tab.evaluate(_BROKEN)]
