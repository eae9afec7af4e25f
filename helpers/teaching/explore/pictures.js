// Draws the panels of panels.py and tells the kernel what was clicked. Texts come from corpora and
// are untrusted: they reach the page as text nodes and attributes only, never as markup.

const SECONDS_TO_WAIT = 5;
const SVG = "http://www.w3.org/2000/svg";

function make(tag, classes, text) {
  const element = document.createElement(tag);
  element.className = classes;
  if (text !== undefined) element.textContent = text;
  return element;
}

function colour(element, category) {
  element.style.setProperty("--colour", `var(--explore-${category || "other"})`);
  return element;
}

function button(classes, label, pressed, choose) {
  const element = make("button", `explore-button ${classes}`);
  element.type = "button";
  element.title = label;
  element.setAttribute("aria-label", label);
  element.setAttribute("aria-pressed", String(pressed));
  element.addEventListener("click", choose);
  return element;
}

function drawBars(body, panel, chosen, choose) {
  for (const row of panel.rows) {
    const label = `${row.label}: ${row.n}`;
    const bar = button("explore-bar", label, chosen.term === row.value, () => choose("term", row.value));
    const length = colour(make("span", "explore-length"), row.category);
    length.style.width = `${100 * row.length}%`;
    const track = make("span", "explore-track");
    track.append(length, make("span", "explore-number", `${row.n} ${row.code}`));
    bar.append(make("span", "explore-name", row.label), track);
    body.append(bar);
  }
}

function drawCloud(body, panel, chosen, choose) {
  const words = make("div", "explore-words");
  for (const row of panel.rows) {
    const label = `${row.value}: ${row.n}`;
    const word = button("explore-word", label, chosen.term === row.value, () => choose("term", row.value));
    word.style.fontSize = `${row.size}em`;
    word.textContent = row.value;
    words.append(colour(word, row.category));
  }
  body.append(words);
}

function drawTrend(body, panel, chosen, choose) {
  body.append(make("div", "explore-top", panel.top));
  const columns = make("div", "explore-columns");
  for (const column of panel.columns) {
    const said = column.marks.filter((mark) => mark.said).map((mark) => `${mark.label} ${mark.said} (${mark.n}/${column.n})`);
    const label = `${column.value}: ${said.join("; ") || "–"}`;
    const element = button("explore-column", label, chosen.period === column.value, () => choose("period", column.value));
    for (const mark of column.marks) {
      const slot = colour(make("span", mark.said ? "explore-slot" : "explore-slot explore-gap"), mark.category);
      if (mark.said) {
        const share = make("span", "explore-share");
        share.style.height = `${100 * mark.share}%`;
        const interval = make("span", "explore-interval");
        interval.style.bottom = `${100 * mark.low}%`;
        interval.style.height = `${100 * (mark.high - mark.low)}%`;
        slot.append(share, interval);
      }
      element.append(slot);
    }
    columns.append(element);
  }
  const ends = make("div", "explore-ends");
  const periods = panel.columns.map((column) => column.value);
  ends.append(make("span", "", periods[0]), make("span", "", periods.at(-1)));
  body.append(columns, ends);
}

function drawTicks(row, steps) {
  const strip = document.createElementNS(SVG, "svg");
  strip.setAttribute("class", "explore-strip");
  strip.setAttribute("viewBox", `0 0 ${steps} 30`);
  strip.setAttribute("preserveAspectRatio", "none");
  strip.setAttribute("aria-hidden", "true");
  for (const lane of row.lanes) {
    const height = 30 / lane.of;
    const path = document.createElementNS(SVG, "path");
    const top = height * lane.lane + (lane.free ? 0.08 : 0.28) * height;
    const length = (lane.free ? 0.84 : 0.44) * height;
    path.setAttribute("d", lane.ticks.map((x) => `M${x} ${top}v${length}`).join(""));
    path.setAttribute("class", lane.free ? "explore-tick" : "explore-tick explore-inside");
    strip.append(colour(path, lane.category));
  }
  return strip;
}

function drawPlaces(body, panel, chosen, choose) {
  for (const row of panel.rows) {
    const pressed = chosen[panel.field] === row.value;
    const label = `${row.label}: ${row.n}`;
    const element = button("explore-row", label, pressed, () => choose(panel.field, row.value));
    element.append(make("span", "explore-name", row.label), drawTicks(row, panel.steps), make("span", "explore-number", row.n));
    body.append(element);
  }
}

function drawGroups(section, groups) {
  const line = make("p", "explore-groups");
  for (const group of groups) line.append(colour(make("span", "explore-key"), group.category), make("span", "", group.label));
  section.append(line);
}

const DRAWERS = { bars: drawBars, trend: drawTrend, places: drawPlaces, cloud: drawCloud };

function drawPanel(name, panel, words, chosen, choose) {
  const section = make("section", `explore-panel explore-${name}`);
  section.setAttribute("aria-label", words[name]);
  section.append(make("h4", "explore-heading", words[name]));
  if (panel.reason) {
    section.append(make("p", "explore-reason", panel.reason));
    return section;
  }
  if (panel.groups && panel.groups.length) drawGroups(section, panel.groups);
  const body = make("div", "explore-body");
  DRAWERS[name](body, panel, chosen, choose);
  section.append(body, make("p", "explore-note", panel.note));
  return section;
}

// The still pictures are for pages without a kernel; beside the living ones they are folded. They
// come after these, so they are waited for.
function foldTwin(element) {
  const output = element.closest(".jp-OutputArea") || element.parentElement;
  const fold = () => {
    const twin = output.querySelector("details.explore-twin");
    if (twin) {
      twin.open = false;
      watcher.disconnect();
    }
  };
  const watcher = new MutationObserver(fold);
  watcher.observe(output, { childList: true, subtree: true });
  fold();
  return () => watcher.disconnect();
}

// A table that scrolls sideways is reached by key too. It is built anew with every change.
function openTablesToKeys(element, names) {
  const page = element.parentElement;
  const open = () => {
    page.querySelectorAll(".dt-scroll-body").forEach((part, place) => {
      if (part.tabIndex === 0) return;
      part.tabIndex = 0;
      part.setAttribute("role", "region");
      part.setAttribute("aria-label", names[place] || "");
    });
  };
  const watcher = new MutationObserver(open);
  watcher.observe(page, { childList: true, subtree: true });
  open();
  return () => watcher.disconnect();
}

function setColours(element, colours) {
  for (const [mode, palette] of Object.entries(colours))
    for (const [category, value] of Object.entries(palette))
      element.style.setProperty(`--explore-${mode}-${category}`, value);
}

function render({ model, el }) {
  const words = model.get("words");
  const root = make("div", "explore");
  setColours(root, model.get("colours"));
  const warning = make("p", "explore-warning");
  warning.setAttribute("role", "alert");
  const panels = make("div", "explore-panels");
  root.append(warning, panels);
  el.append(root);
  let turn = 0;
  let waiting = null;

  const warn = () => { warning.textContent = words.no_answer; };
  function choose(field, value) {
    // Of its own also beside a second view of the same widget.
    turn = Math.max(turn + 1, Date.now());
    clearTimeout(waiting);
    waiting = setTimeout(warn, 1000 * SECONDS_TO_WAIT);
    // A second click takes the choice back.
    const again = model.get("chosen")[field] === value;
    try {
      model.send({ turn, field, value: again ? "" : value });
    } catch (error) {
      warn();
    }
  }
  function answered() {
    if (model.get("answered") !== turn) return;
    clearTimeout(waiting);
    warning.textContent = "";
  }
  function draw() {
    const focused = document.activeElement;
    const label = root.contains(focused) ? focused.getAttribute("aria-label") : null;
    const chosen = model.get("chosen");
    const drawn = Object.entries(model.get("panels")).map(([name, panel]) => drawPanel(name, panel, words, chosen, choose));
    panels.replaceChildren(...drawn);
    const same = label && [...panels.querySelectorAll("button")].find((b) => b.getAttribute("aria-label") === label);
    if (same) same.focus();
  }
  model.on("change:panels", draw);
  model.on("change:answered", answered);
  draw();
  // Not yet in the page: anywidget puts the element there after this function.
  let leave = () => {};
  const placing = setTimeout(() => {
    const left = [foldTwin(el), openTablesToKeys(el, [words.lines, words.ranking])];
    leave = () => left.forEach((each) => each());
  }, 0);
  return () => {
    clearTimeout(placing);
    leave();
    clearTimeout(waiting);
    model.off("change:panels", draw);
    model.off("change:answered", answered);
  };
}

export default { render };
