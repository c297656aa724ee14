"use strict";
(() => {
  const data = JSON.parse(document.getElementById("elbplan-data").textContent);
  const drawer = document.getElementById("drawer");
  const drawerBody = document.getElementById("drawer-body");
  let selected = null;

  function made(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // The side panel: a copy of what stands in the list of changes.
  function open(node) {
    if (selected) selected.classList.remove("selected");
    selected = node;
    node.classList.add("selected");
    const body = document.getElementById(node.dataset.detail + "-body").cloneNode(true);
    body.removeAttribute("id");
    const heading = made("h2", "", node.querySelector(".title").textContent);
    const badge = node.querySelector(".badge");
    const kind = made("p", "muted", node.querySelector(".kind").textContent + (badge ? " · " + badge.textContent.trim() : ""));
    if (badge) kind.className = Array.from(node.classList).find((name) => name !== "node");
    drawerBody.replaceChildren(kind, heading, body);
    drawer.hidden = false;
    drawerBody.focus({ preventScroll: true });
    mark(wiresAt(node.id));
  }

  function close() {
    drawer.hidden = true;
    mark([]);
    if (!selected) return;
    selected.classList.remove("selected");
    selected.focus();
    selected = null;
  }

  document.querySelectorAll(".node").forEach((node) => node.addEventListener("click", () => open(node)));
  document.getElementById("drawer-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !drawer.hidden) close();
    if (event.key.startsWith("Arrow")) moveFocus(event);
  });

  // Arrow keys go from box to box: up and down in a column, left and right between columns.
  function moveFocus(event) {
    const node = document.activeElement;
    if (!node || !node.classList.contains("node") || !node.closest(".map")) return;
    const column = node.closest(".column");
    const nodes = Array.from(column.querySelectorAll(".node"));
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const beside = { ArrowLeft: column.previousElementSibling, ArrowRight: column.nextElementSibling }[event.key];
    const next = step ? nodes[nodes.indexOf(node) + step] : beside && nearest(beside, node);
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }

  function nearest(column, node) {
    const middle = (element) => element.getBoundingClientRect().top + element.offsetHeight / 2;
    const nodes = Array.from(column.querySelectorAll(".node"));
    return nodes.sort((left, right) => Math.abs(middle(left) - middle(node)) - Math.abs(middle(right) - middle(node)))[0];
  }

  // The connections of the map.
  const SVG = "http://www.w3.org/2000/svg";
  const wires = [];

  function shape(name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  }

  function drawAll() {
    wires.length = 0;
    document.querySelectorAll(".map").forEach((map) => draw(map, data.stacks[Number(map.dataset.stack)]));
  }

  function draw(map, stack) {
    const svg = map.querySelector(".wires");
    const frame = map.getBoundingClientRect();
    const lines = [], labels = [];
    svg.setAttribute("viewBox", "0 0 " + frame.width + " " + frame.height);
    for (const edge of stack.edges) {
      const from = document.getElementById(edge.source), to = document.getElementById(edge.target);
      if (!from || !to) continue;
      const a = from.getBoundingClientRect(), b = to.getBoundingClientRect();
      const x1 = a.right - frame.left, y1 = a.top + a.height / 2 - frame.top;
      const x2 = b.left - frame.left, y2 = b.top + b.height / 2 - frame.top;
      const bend = Math.max(12, (x2 - x1) / 2);
      const d = "M" + x1 + " " + y1 + " C" + (x1 + bend) + " " + y1 + " " + (x2 - bend) + " " + y2 + " " + x2 + " " + y2;
      const path = shape("path", { d, class: edge.change });
      wires.push({ path, edge });
      lines.push(path);
      if (edge.label) labels.push(shape("text", { x: x1 + (x2 - x1) * .4, y: y1 + (y2 - y1) * .35 + 4, "text-anchor": "middle" }, edge.label));
    }
    svg.replaceChildren(...lines, ...labels);
  }

  function wiresAt(id) {
    return wires.filter((wire) => wire.edge.source === id || wire.edge.target === id);
  }

  function mark(chosen) {
    for (const wire of wires) wire.path.classList.toggle("on", chosen.includes(wire));
  }

  document.querySelectorAll(".map .node").forEach((node) => {
    for (const event of ["mouseenter", "focus"]) node.addEventListener(event, () => drawer.hidden && mark(wiresAt(node.id)));
    for (const event of ["mouseleave", "blur"]) node.addEventListener(event, () => drawer.hidden && mark([]));
  });
  new ResizeObserver(drawAll).observe(document.body);
  window.addEventListener("beforeprint", drawAll);
  drawAll();

  // What happens to a request.
  const MOST_TRIED = 12;
  const WORDS = {
    "no-name": "No load balancer exists.",
    "other": "The load balancer does something that elbplan does not know.",
    "no-target": "503: the target group has no target.",
  };

  function headersOf(text) {
    const at = text.indexOf(":");
    return at > 0 ? { [text.slice(0, at).trim()]: text.slice(at + 1).trim() } : {};
  }

  function answerText(route, request, rule) {
    if (route.outcome === "no-listener") return "Nothing listens on port " + request.port + ": the client gets no answer.";
    if (route.outcome === "wrong-protocol") {
      return route.status ? "400: plain HTTP was sent to an HTTPS port." : "The TLS handshake fails: the port speaks plain HTTP.";
    }
    if (route.outcome === "redirect") return route.status + " redirect to " + route.location;
    if (route.outcome === "fixed-response") return route.status + ": a fixed answer of the load balancer";
    if (route.outcome !== "forward") return WORDS[route.outcome];
    const groups = rule.action.groups.filter((group) => group.weight);
    return "Goes to " + groups.map((group) => {
      const part = groups.length > 1 ? " " + route.shares[group.id] + " %" : "";
      const names = group.targets.slice(0, 6).join(", ") + (group.targets.length > 6 ? " and " + (group.targets.length - 6) + " more" : "");
      return group.title + part + (names ? " (" + names + ")" : " (no target)");
    }).join(", or ");
  }

  function triedText(rule, tried) {
    const item = made("li", tried.matched ? "matched" : "tried");
    item.append("rule " + rule.title);
    if (!rule.conditions.length) item.append(": every other request");
    rule.conditions.forEach((condition, number) => {
      const yes = tried.conditions[number];
      item.append(number ? ", " : ": ", condition.text + " ", made("span", yes ? "yes" : "no", yes ? "✓ matches" : "✗ does not match"));
    });
    return item;
  }

  function ruleOf(listener, tried) {
    return listener.rules.find((each) => each.id === tried.id);
  }

  // Of many rules, the ones far before the match are folded.
  function listTried(list, listener, tried) {
    const folded = tried.length > MOST_TRIED ? tried.slice(0, tried.length - MOST_TRIED / 2) : [];
    if (folded.length) {
      const fold = made("details"), inner = made("ol");
      fold.append(made("summary", "", folded.length + " rules before do not match"), inner);
      inner.append(...folded.map((each) => triedText(ruleOf(listener, each), each)));
      const item = made("li", "tried");
      item.append(fold);
      list.append(item);
    }
    list.append(...tried.slice(folded.length).map((each) => triedText(ruleOf(listener, each), each)));
  }

  function routeList(title, balancers, request) {
    const route = elbplanRoute.routeOf(balancers, request);
    const box = made("div", "route"), list = made("ol");
    if (title) box.append(made("h3", "", title));
    const balancer = balancers.find((each) => route.path.includes(each.id));
    const host = route.known ? request.host + " is a name of this stack" : request.host +
      " is not a name of this stack; this is what the load balancer does if the request reaches it";
    list.append(made("li", "", host));
    if (balancer) list.append(made("li", "", "load balancer " + balancer.title));
    const listener = balancer && balancer.listeners.find((each) => route.path.includes(each.id));
    if (listener) list.append(made("li", "", "listener " + listener.title));
    if (listener && !route.covered) list.append(made("li", "no", "No certificate of the listener covers " + request.host + ": browsers refuse it."));
    const rule = listener && route.tried.length ? ruleOf(listener, route.tried.at(-1)) : null;
    if (listener) listTried(list, listener, route.tried);
    if (rule && rule.action.before.length) list.append(made("li", "", "first: " + rule.action.before.join(", ")));
    const good = route.outcome === "forward" || route.outcome === "redirect" || route.outcome === "fixed-response";
    list.append(made("li", "end " + (good ? "good" : "bad"), answerText(route, request, rule)));
    box.append(list);
    return { box, route };
  }

  function follow(form) {
    const stack = data.stacks[Number(form.dataset.stack)];
    const answer = form.parentElement.querySelector(".answer");
    const request = elbplanRoute.requestOf(form.url.value, form.method.value, headersOf(form.header.value));
    if (!request) {
      answer.replaceChildren(made("p", "no", "This is not a URL: write it like https://www.example.com/path"));
      return;
    }
    const sides = stack.traffic;
    const now = sides.before.length ? routeList("Now", sides.before, request) : null;
    const after = sides.after.length ? routeList("After the plan", sides.after, request) : null;
    const both = now && after && now.box.querySelector("ol").innerHTML === after.box.querySelector("ol").innerHTML;
    if (both) after.box.querySelector("h3").textContent = data.verb === "plan" ? "Now, and after the plan" : "Now";
    answer.replaceChildren(...(both ? [after.box] : [now, after].filter(Boolean).map((side) => side.box)));
    highlight(form, (after || now).route.path, stack);
  }

  function highlight(form, path, stack) {
    const ids = path.map((address) => stack.ids[address]);
    form.closest(".stack").querySelectorAll(".node").forEach((node) => node.classList.toggle("on", ids.includes(node.id)));
  }

  document.querySelectorAll(".ask").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      follow(form);
    });
    form.parentElement.querySelectorAll(".try").forEach((button) => button.addEventListener("click", () => {
      form.url.value = button.dataset.url;
      form.method.value = button.dataset.method;
      form.header.value = button.dataset.header;
      follow(form);
      form.url.focus();
    }));
  });
})();
