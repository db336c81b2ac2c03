(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Filters live in the address: #verdict=refuted&task=xor. Any other hash is a place on the page.
  const nav = document.querySelector(".filters");
  const inputs = all("[data-filter]", nav);
  const wanted = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    return new URLSearchParams(hash.includes("=") ? hash : "");
  };
  const apply = () => {
    const asked = wanted();
    const verdict = asked.get("verdict") || "", task = asked.get("task") || "";
    const shown = new Set();
    for (const card of all(".card")) {
      const fits = (!verdict || card.dataset.verdict === verdict)
        && (!task || card.dataset.tasks.split("|").includes(task));
      card.hidden = !fits;
      if (fits) shown.add(card.id);
    }
    for (const row of all("[data-claim]")) row.hidden = !shown.has(row.dataset.claim);
    for (const plot of all(".forest")) plot.hidden = !plot.querySelector("[data-claim]:not([hidden])");
    for (const input of inputs) input.value = asked.get(input.dataset.filter) || "";
    const rows = all(".matrix tbody tr");
    const number = rows.filter(row => !row.hidden).length;
    nav.querySelector("output").textContent =
      verdict || task ? `${number} of ${rows.length} claims` : "";
  };
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id.includes("=") ? null : document.getElementById(id);
    if (!target) return;
    for (let each = target; each; each = each.parentElement.closest("details")) {
      if (each.tagName === "DETAILS") each.open = true;
    }
    target.scrollIntoView();
  };
  const follow = () => { apply(); reveal(); };
  for (const input of inputs) {
    input.addEventListener("change", () => {
      const chosen = new URLSearchParams();
      for (const each of inputs) if (each.value) chosen.set(each.dataset.filter, each.value);
      history.replaceState(null, "", `#${chosen}`);
      apply();
    });
  }
  nav.hidden = false;
  addEventListener("hashchange", follow);
  follow();

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

  addEventListener("beforeprint", () => all("details.control, details.reproduce").forEach(each => { each.open = true; }));
})();
