"use strict";
// What happens to a request: the same as requests.py and matching.py, for the page.
const elbplanRoute = (() => {
  const ADDRESS = /^(?:(https?):\/\/)?([^/?#:\s]+)(?::(\d{1,5}))?(\/[^?#\s]*)?(?:\?([^#\s]*))?(?:#\S*)?$/i;
  const SCHEMES = { HTTP: "http", HTTPS: "https", TLS: "https" };

  function requestOf(url, method, headers) {
    const match = ADDRESS.exec(url.trim());
    if (!match) return null;
    const scheme = (match[1] || "https").toLowerCase();
    const port = match[3] ? Number(match[3]) : { http: 80, https: 443 }[scheme];
    const lower = {};
    for (const [name, value] of Object.entries(headers || {})) lower[name.toLowerCase()] = value;
    const host = match[2].toLowerCase().replace(/\.+$/, "");
    return { scheme, host, port, path: match[4] || "/", query: match[5] || "", method: method || "GET", headers: lower, source: "" };
  }

  function wildcardMatches(pattern, text, ignoreCase) {
    const lower = (its) => (ignoreCase ? its.toLowerCase() : its);
    const wildcards = { "*": "[^]*", "?": "[^]", "\\*": "\\*", "\\?": "\\?" };
    const parts = lower(pattern).match(/\\[*?]|[^]/gu) || [];
    const expression = parts.map((part) => wildcards[part] || part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("");
    return new RegExp("^" + expression + "$", "u").test(lower(text));
  }

  function queryMatches(value, request) {
    const at = value.indexOf("=");
    const key = at < 0 ? "*" : value.slice(0, at);
    const wanted = at < 0 ? value : value.slice(at + 1);
    return request.query.split("&").filter(Boolean).some((part) => {
      const cut = part.indexOf("=");
      const itsKey = cut < 0 ? part : part.slice(0, cut);
      const its = cut < 0 ? "" : part.slice(cut + 1);
      return wildcardMatches(key, itsKey, true) && wildcardMatches(wanted, its, true);
    });
  }

  function headerOf(condition, request) {
    const name = condition.name.toLowerCase();
    return Object.hasOwn(request.headers, name) ? request.headers[name] : null;
  }

  const CHECKS = {
    "host-header": (value, _, request) => wildcardMatches(value, request.host, true),
    "path-pattern": (value, _, request) => wildcardMatches(value, request.path, false),
    "http-request-method": (value, _, request) => value === request.method,
    "http-header": (value, condition, request) => {
      const sent = headerOf(condition, request);
      return sent !== null && wildcardMatches(value, sent, true);
    },
    "query-string": (value, _, request) => queryMatches(value, request),
    "source-ip": (value) => value === "0.0.0.0/0" || value === "::/0",
  };

  function regexMatches(text, condition, request) {
    const subjects = { "host-header": request.host, "path-pattern": request.path, "http-header": headerOf(condition, request) };
    const subject = subjects[condition.field];
    try {
      return subject !== undefined && subject !== null && new RegExp(text).test(subject);
    } catch {
      return false;
    }
  }

  function matches(condition, request) {
    if (!Object.hasOwn(CHECKS, condition.field)) return false;
    return condition.values.some((value) => CHECKS[condition.field](value, condition, request)) ||
      condition.regex.some((text) => regexMatches(text, condition, request));
  }

  function covers(name, host) {
    if (name === "*") return true;
    if (!name.startsWith("*.")) return name === host;
    const at = host.indexOf(".");
    return at > 0 && host.slice(at + 1) === name.slice(2);
  }

  function share(weight, total) {
    return !weight || !total ? 0 : Math.max(1, Math.floor((200 * weight + total) / (2 * total)));
  }

  function locationOf(redirect, request) {
    const words = {
      "#{protocol}": request.scheme, "#{host}": request.host, "#{port}": String(request.port),
      "#{path}": request.path.replace(/^\//, ""), "#{query}": request.query,
    };
    const filled = (text) => text.replace(/#\{\w+\}/g, (word) => (Object.hasOwn(words, word) ? words[word] : word));
    const query = filled(redirect.query);
    const place = filled(redirect.protocol).toLowerCase() + "://" + filled(redirect.host) + ":" + filled(redirect.port);
    return place + filled(redirect.path) + (query ? "?" + query : "");
  }

  function ended(rule, request, route) {
    const action = rule.action;
    route.outcome = action.type;
    route.status = action.status;
    if (action.type === "redirect") route.location = locationOf(action.redirect, request);
    if (action.type !== "forward") return route;
    const total = action.groups.reduce((sum, group) => sum + group.weight, 0);
    const used = action.groups.filter((group) => group.weight);
    for (const group of used) route.shares[group.id] = share(group.weight, total);
    route.path.push(...used.map((group) => group.id));
    const empty = !used.some((group) => group.targets.length);
    route.outcome = empty ? "no-target" : "forward";
    route.status = empty ? 503 : 0;
    return route;
  }

  function routeOf(balancers, request) {
    const route = { outcome: "other", known: true, covered: true, tried: [], path: [], shares: {}, status: 0, location: "" };
    const known = balancers.find((balancer) => Object.hasOwn(balancer.names, request.host));
    const balancer = known || balancers[0];
    route.known = Boolean(known);
    if (!balancer) return { ...route, outcome: "no-name" };
    const name = known ? balancer.names[request.host] : "";
    if (name && name !== balancer.id) route.path.push(name);
    route.path.push(balancer.id);
    const listener = balancer.listeners.find((each) => each.port === request.port);
    if (!listener) return { ...route, outcome: "no-listener" };
    route.path.push(listener.id);
    const scheme = Object.hasOwn(SCHEMES, listener.protocol) ? SCHEMES[listener.protocol] : request.scheme;
    if (scheme !== request.scheme) return { ...route, outcome: "wrong-protocol", status: listener.protocol === "HTTPS" ? 400 : 0 };
    const secure = SCHEMES[listener.protocol] === "https";
    route.covered = !secure || listener.certificates.some((its) => covers(its, request.host));
    for (const rule of listener.rules) {
      const conditions = rule.conditions.map((condition) => matches(condition, request));
      const matched = conditions.every(Boolean);
      route.tried.push({ id: rule.id, matched, conditions });
      if (matched) {
        route.path.push(rule.id);
        return ended(rule, request, route);
      }
    }
    return route;
  }

  return { requestOf, routeOf };
})();
