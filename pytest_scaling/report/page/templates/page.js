(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Filters live in the address: #verdict=refuted&task=xor. Any other hash is a place on the page.
  const tools = document.querySelector(".filters"), search = document.querySelector(".search");
  const inputs = all("[data-filter]");
  const cards = all(".card");
  const said = new Map(cards.map(card => [card, `${card.dataset.anchor} ${card.querySelector("summary").textContent}`.toLowerCase()]));
  const wanted = () => {
    const hash = location.hash.slice(1);
    return new URLSearchParams(hash.includes("=") ? hash : "");
  };
  const apply = () => {
    const asked = wanted();
    const verdict = asked.get("verdict") || "", task = asked.get("task") || "";
    const words = (asked.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Set();
    for (const card of cards) {
      const fits = (!verdict || card.dataset.verdict === verdict)
        && (!task || card.dataset.tasks.split("|").includes(task))
        && words.every(word => said.get(card).includes(word));
      card.hidden = !fits;
      if (fits) shown.add(card.dataset.anchor);
    }
    for (const row of all("[data-claim]")) row.hidden = !shown.has(row.dataset.claim);
    for (const plot of all(".forest")) plot.hidden = !plot.querySelector("[data-claim]:not([hidden])");
    for (const input of inputs) {
      if (input !== document.activeElement) input.value = asked.get(input.dataset.filter) || "";
    }
    tools.querySelector("output").textContent =
      verdict || task || words.length ? `${shown.size} of ${cards.length} claims` : "";
  };
  const reveal = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* not an address of ours */ }
    const target = id.includes("=") ? null : document.getElementById(id);
    if (!target) return;
    for (let each = target; each; each = each.parentElement.closest("details")) {
      if (each.tagName === "DETAILS") each.open = true;
    }
    target.scrollIntoView();
  };
  const follow = () => { apply(); reveal(); };
  for (const input of inputs) {
    input.addEventListener(input.type === "search" ? "input" : "change", () => {
      const chosen = new URLSearchParams();
      for (const each of inputs) if (each.value.trim()) chosen.set(each.dataset.filter, each.value.trim());
      history.replaceState(null, "", `${location.pathname}${location.search}#${chosen}`);
      apply();
      const list = document.querySelector(".verdicts");
      if (input.type === "search" && input.value && list.getBoundingClientRect().top > innerHeight / 2) list.scrollIntoView();
    });
  }
  tools.hidden = search.hidden = false;
  addEventListener("hashchange", follow);
  follow();

  // All claims open, to be read or printed as a whole, or closed again.
  const unfold = document.querySelector(".unfold");
  unfold.addEventListener("click", () => {
    const open = unfold.getAttribute("aria-pressed") === "false";
    for (const each of all("details.claim")) each.open = open;
    unfold.setAttribute("aria-pressed", open);
    unfold.textContent = open ? "Close all" : "Open all";
  });

  // Copying, also where the clipboard may not be written to directly.
  const copied = text => {
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject();
  };
  for (const button of all("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.parentElement.querySelector("code, .text").textContent;
      try {
        await (navigator.clipboard ? navigator.clipboard.writeText(text).catch(() => copied(text)) : copied(text));
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(button.previousElementSibling);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // What was measured at the size nearest to the pointer, learner by learner.
  const bubble = document.body.appendChild(document.createElement("div"));
  bubble.className = "bubble";
  bubble.setAttribute("aria-hidden", "true");
  bubble.hidden = true;
  for (const chart of all("svg.chart")) {
    const dots = all("use", chart).map(dot => {
      const title = dot.querySelector("title");
      title.remove();
      return { dot, text: title.textContent, x: dot.x.baseVal.value, y: dot.y.baseVal.value };
    });
    const leave = () => {
      bubble.hidden = true;
      for (const each of dots) each.dot.classList.remove("near");
    };
    chart.addEventListener("pointerleave", leave);
    chart.addEventListener("pointermove", event => {
      const box = chart.getBoundingClientRect();
      const x = (event.clientX - box.left) * chart.viewBox.baseVal.width / box.width;
      const seen = dots.filter(each => getComputedStyle(each.dot.parentNode).display !== "none");
      if (!seen.length) return leave();
      const nearest = seen.reduce((a, b) => (Math.abs(a.x - x) <= Math.abs(b.x - x) ? a : b)).x;
      const near = seen.filter(each => each.x === nearest).sort((a, b) => a.y - b.y);
      for (const each of dots) each.dot.classList.toggle("near", near.includes(each));
      const size = near[0].text.match(/m = [\d,]+/)[0];
      bubble.replaceChildren(...[size, ...near.map(each => each.text.replace(`, ${size}`, ""))]
        .map(line => {
          const row = document.createElement("div");
          row.textContent = line;
          return row;
        }));
      bubble.hidden = false;
      const width = bubble.offsetWidth, height = bubble.offsetHeight;
      const left = event.clientX + 16 + width > innerWidth ? event.clientX - 16 - width : event.clientX + 16;
      bubble.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, event.clientY - height - 12)}px)`;
    });
  }
})();
