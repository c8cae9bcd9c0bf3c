// Ages and the visitor's clock, a cursor over charts, a filter, and news without loading the page anew.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const body = document.body;

  const age = seconds => {
    const minutes = Math.max(0, Math.round(seconds / 60)), hours = minutes / 60;
    if (minutes < 60) return `${minutes} min`;
    return hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24).toLocaleString("en")} days`;
  };
  const ages = () => {
    for (const each of all("time[data-age]")) {
      const text = age((Date.now() - new Date(each.dateTime)) / 1000);
      if (each.textContent !== text) each.textContent = text;
    }
  };

  // Where now lies in a chart, which moves while the page is open.
  const present = () => {
    for (const svg of all("svg[data-start]")) {
      for (const old of all(".present", svg)) old.remove();
      const [left, right] = [Number(svg.dataset.left), Number(svg.dataset.right)];
      const [start, end] = [new Date(svg.dataset.start).getTime(), new Date(svg.dataset.end).getTime()];
      const x = left + (Date.now() - start) / (end - start) * (right - left);
      if (x < left || x > right) continue;
      const line = document.createElementNS(svg.namespaceURI, "line"), text = document.createElementNS(svg.namespaceURI, "text");
      const bottom = svg.viewBox.baseVal.height - 44;
      for (const [name, value] of [["class", "present"], ["x1", x], ["x2", x], ["y1", bottom - 8], ["y2", bottom]]) line.setAttribute(name, value);
      for (const [name, value] of [["class", "present"], ["x", x + 4], ["y", bottom - 4]]) text.setAttribute(name, value);
      text.textContent = "now";
      svg.append(line, text);
    }
  };

  // The station's clock stands in the text, Tue 26, 14:00 or 26 May 2026, 14:00; what the visitor's shows at that moment
  // is added where it is another one, be it a whole day ahead.
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
  const clocks = () => {
    let differ = false;
    for (const each of all("time[data-yours]")) {
      const shown = /\d\d:\d\d/.exec(each.textContent), moment = new Date(each.dateTime), yours = hour.format(moment);
      const date = /\d+/.exec(each.textContent);
      if (!shown || shown[0] === yours && Number(date[0]) === moment.getDate()) continue;
      differ = true;
      const mark = document.createElement("span");
      mark.className = "yours";
      mark.textContent = ` (yours ${day.format(moment)} ${yours})`;
      each.after(mark);
      delete each.dataset.yours;
    }
    const told = document.getElementById("your-clock");
    if (told && differ && !told.textContent) {
      told.textContent = `; yours, ${Intl.DateTimeFormat().resolvedOptions().timeZone}, in brackets and in the second line of each chart`;
    }
    if (differ) for (const each of all("text.yours[data-time]")) each.textContent = hour.format(new Date(each.dataset.time));
  };

  const filter = () => {
    const field = document.getElementById("filter");
    if (!field) return;
    const wanted = field.value.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
    let found = 0;
    for (const row of all("tr[data-find]")) {
      row.hidden = !row.dataset.find.includes(wanted);
      found += !row.hidden;
    }
    document.getElementById("none-found").hidden = found > 0;
  };
  document.addEventListener("input", event => { if (event.target.id === "filter") filter(); });

  // What stands under the pointer is read from the chart's own table.
  const point = event => {
    const chart = event.target.closest && event.target.closest(".chart");
    if (!chart) return;
    const svg = all("svg", chart).find(each => each.getClientRects().length > 0);
    const rows = all(`#${chart.dataset.rows} tr`);
    if (!svg || !rows.length || !svg.dataset.start) return;
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const [left, right] = [Number(svg.dataset.left), Number(svg.dataset.right)];
    const [start, end] = [new Date(svg.dataset.start).getTime(), new Date(svg.dataset.end).getTime()];
    const at = start + ((event.clientX - box.left) * scale - left) / (right - left) * (end - start);
    const away = row => Math.abs(new Date(row.dataset.time) - at);
    const row = rows.reduce((best, each) => away(each) < away(best) ? each : best);
    const x = left + (new Date(row.dataset.time) - start) / (end - start) * (right - left);
    let line = svg.querySelector(".cursor");
    if (!line) {
      line = document.createElementNS("http://www.w3.org/2000/svg", "line");
      line.setAttribute("class", "cursor");
      svg.append(line);
    }
    for (const [name, value] of [["x1", x], ["x2", x], ["y1", 14], ["y2", svg.viewBox.baseVal.height - 44]]) line.setAttribute(name, value);
    const { came, said, bounds } = row.dataset, unit = chart.dataset.unit;
    chart.querySelector(".read").textContent = [
      row.querySelector("th").textContent,
      came === undefined ? "" : `measured ${came} ${unit}`,
      `forecast ${said} ${unit}`,
      bounds ? `interval ${bounds}` : "",
    ].filter(Boolean).join(" · ");
  };
  const leave = event => {
    const chart = event.target.closest && event.target.closest(".chart");
    if (!chart || chart.contains(event.relatedTarget)) return;
    for (const each of all(".cursor", chart)) each.remove();
    chart.querySelector(".read").textContent = "\u00a0";
  };
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("pointerout", leave);

  const dress = () => { clocks(); ages(); present(); filter(); };

  const exchange = text => {
    const next = new DOMParser().parseFromString(text, "text/html");
    const open = new Set(all("details[open]").map(each => each.id)), field = document.getElementById("filter");
    const wanted = field ? field.value : "", focused = document.activeElement, why = document.getElementById("why");
    const address = focused && focused.getAttribute && focused.getAttribute("href");
    const before = (why || document.getElementById("counts") || {}).textContent;
    for (const each of all("details", next)) each.open = open.has(each.id);
    document.getElementById("content").replaceChildren(...next.getElementById("content").childNodes);
    document.title = next.title;
    body.dataset.tag = next.body.dataset.tag;
    const now = document.getElementById("filter");
    if (now) now.value = wanted;
    dress();
    if (field && focused === field && now) now.focus();
    else if (address) { const same = all("#content a").find(each => each.getAttribute("href") === address); if (same) same.focus(); }
    const after = (document.getElementById("why") || document.getElementById("counts") || {}).textContent;
    if (after && after !== before) document.getElementById("told").textContent = after;
  };

  const away = document.getElementById("away"), live = document.getElementById("live");
  let since = null;
  const follow = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store", headers: { "If-None-Match": body.dataset.tag } });
      if (answer.status === 401) { location.reload(); return; }
      if (answer.status === 200) exchange(await answer.text());
      else if (answer.status !== 304) throw new Error(answer.statusText);
      since = null;
    } catch {
      since = since || new Date();
    }
    away.hidden = since === null;
    live.hidden = since !== null;
    if (since) away.textContent = `This page has not reached its server since ${hour.format(since)}; what it shows is of then.`;
    setTimeout(follow, 1000 * Number(body.dataset.follow));
  };

  dress();
  setInterval(() => { ages(); present(); }, 15000);
  if (body.dataset.follow) { live.hidden = false; setTimeout(follow, 1000 * Number(body.dataset.follow)); }
})();
