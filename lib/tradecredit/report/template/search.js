"use strict";
(() => {
  const box = document.getElementById("wanted"), told = document.getElementById("told");
  const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const groups = [...document.querySelectorAll("main details")].map(part => ({
    part, items: [...part.querySelectorAll("li")].map(item => [item, plain(`${item.textContent} ${item.title}`)]),
  }));
  const links = () => [...document.querySelectorAll("main li:not([hidden]) a")];
  const look = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { part, items } of groups) {
      let here = 0;
      for (const [item, text] of items) here += !(item.hidden = !words.every(word => text.includes(word)));
      part.hidden = !here;
      part.open = words.length > 0 && here > 0;
      part.querySelector(".rows").hidden = words.length > 0;
      found += here;
    }
    told.textContent = !words.length ? "" : found ? told.dataset.found.replace("{number}", found) : told.dataset.nothing;
  };
  const moved = (from, by) => (links()[from + by] || box).focus();
  box.addEventListener("input", look);
  box.addEventListener("keydown", event => {
    if (event.key === "Escape") { box.value = ""; look(); }
    if (!box.value.trim() || event.isComposing) return;
    if (event.key === "Enter") links()[0]?.click();
    if (event.key === "ArrowDown") { event.preventDefault(); moved(-1, 1); }
  });
  document.querySelector("main").addEventListener("keydown", event => {
    const at = links().indexOf(event.target), by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at >= 0 && by && box.value.trim()) { event.preventDefault(); moved(at, by); }
  });
  window.addEventListener("pageshow", look);
  document.getElementById("search").hidden = false;
  box.focus();
  look();
})();
