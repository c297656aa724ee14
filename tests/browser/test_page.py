"""The page of a report in a browser: selecting a resource, following a request, with mouse and keyboard."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from elbplan.render.reports.matching import Request
from elbplan.render.reports.page import section_of
from elbplan.render.reports.requests import route_document, route_of
from elbplan.render.reports.traffic import traffic_document
from tests.render.plans import WEB, WEB_8080, plan
from tests.render.reports.kit import HOSTILE, hostile, named, report, shop, shop_change


def box(page: Chrome, title: str, kind: str = ""):
    """The box with this title, and of this kind if one is given."""
    boxes = page.find_elements(By.CSS_SELECTOR, ".node")
    return next(
        box
        for box in boxes
        if box.find_element(By.CSS_SELECTOR, ".title").text == title
        and kind in box.find_element(By.CSS_SELECTOR, ".kind").text
    )


def drawer(page: Chrome):
    return page.find_element(By.ID, "drawer")


def ask(page: Chrome, url: str, method: str = "GET", header: str = "") -> list[str]:
    """Types a request, and returns the texts of the answers, one for each side of the plan."""
    Select(page.find_element(By.NAME, "method")).select_by_visible_text(method)
    for name, text in (("header", header), ("url", url)):
        field = page.find_element(By.NAME, name)
        field.clear()
        field.send_keys(text)
    field.send_keys(Keys.ENTER)
    return [side.text for side in page.find_elements(By.CSS_SELECTOR, ".answer > *")]


def follow(page: Chrome, url: str) -> list[str]:
    """The same without the time that typing takes."""
    script = "const form = document.querySelector('.ask'); form.url.value = arguments[0]; form.requestSubmit()"
    page.execute_script(script, url)
    return [side.text for side in page.find_elements(By.CSS_SELECTOR, ".answer > *")]


def test_a_click_on_a_resource_shows_its_fields_and_the_reason(show):
    page = show(report(named(plan(WEB_8080, WEB))))
    assert not drawer(page).is_displayed()
    box(page, "web").click()
    text = drawer(page).text
    assert "target group · +/- replace" in text
    assert "port 80 → 8080 cannot change in place" in text
    assert "Before" in text
    assert "8080" in text
    page.find_element(By.ID, "drawer-close").click()
    assert not drawer(page).is_displayed()


def test_the_keyboard_is_enough(show):
    page = show(report(plan(WEB_8080, WEB)))
    first = box(page, "api.example.com", "record")
    page.execute_script("arguments[0].focus()", first)
    first.send_keys(Keys.ARROW_RIGHT)
    assert page.switch_to.active_element.text.startswith("load balancer")
    page.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    page.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    focused = page.switch_to.active_element
    assert "80/HTTP" in focused.text
    focused.send_keys(Keys.ENTER)
    assert drawer(page).is_displayed()
    assert page.switch_to.active_element.get_attribute("id") == "drawer-body"
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not drawer(page).is_displayed()
    assert page.switch_to.active_element == focused


def test_a_request_goes_through_the_rules(show):
    page = show(report(shop()))
    (text,) = ask(page, "https://shop.example.com/v1/users")
    assert "shop.example.com is a name of this stack" in text
    assert "rule 10: host api.shop.example.com ✗ does not match" in text
    assert "rule 20: path /v1 or /v1/* ✓ matches" in text
    assert "Goes to api 90 % (i-0bbbbbbbbbbbbbbbb), or web 10 % (i-0aaaaaaaaaaaaaaaa)" in text
    lit = [title.text for title in page.find_elements(By.CSS_SELECTOR, ".node.on .title")]
    assert lit == ["shop.example.com", "my-web", "443/HTTPS", "20", "api", "web"]


def test_redirects_fixed_answers_and_closed_ports(show):
    page = show(report(shop()))
    assert "301 redirect to https://shop.example.com:443/a?b=c" in follow(page, "http://shop.example.com/a?b=c")[0]
    assert "403: a fixed answer of the load balancer" in follow(page, "shop.example.com/admin/x")[0]
    assert "Nothing listens on port 8443" in follow(page, "https://shop.example.com:8443/")[0]
    assert (
        "rule 40: header X-Tool a* ✓ matches, method POST ✓ matches"
        in (ask(page, "https://shop.example.com/", "POST", "X-Tool: abc")[0])
    )
    assert "No certificate of the listener covers other.example" in follow(page, "https://other.example/")[0]
    assert "This is not a URL" in follow(page, "no url")[0]


def test_now_and_after_the_plan_stand_side_by_side(show):
    page = show(report(shop_change()))
    now, after = ask(page, "https://shop.example.com/?beta=1")
    assert now.startswith("Now\n")
    assert "query beta=1 ✓ matches" in now
    assert after.startswith("After the plan\n")
    assert "every other request" in after
    (same,) = follow(page, "https://api.shop.example.com/")
    assert same.startswith("Now, and after the plan\n")


def test_a_sample_request_can_be_followed(show):
    page = show(report(shop()))
    page.find_elements(By.CSS_SELECTOR, ".try")[3].click()
    assert "rule 40" in page.find_element(By.CSS_SELECTOR, ".answer").text
    assert page.find_element(By.NAME, "header").get_property("value").startswith("X-Tool:")


URLS = [
    f"{scheme}{host}{port}{path}{query}"
    for scheme, host, port, path, query in itertools.product(
        ("https://", "http://", ""),
        ("shop.example.com", "API.shop.example.com.", "x.example", "my-web-1.ap-northeast-2.elb.amazonaws.com"),
        ("", ":80", ":8443"),
        ("", "/", "/v1", "/V1/x", "/v1/a*b", "/admin/", "/a?c"),
        ("", "?beta=1", "?x=y&BETA=1&z", "?beta"),
    )
]
HARD = [
    "/a?b", "/*/c", r"/x\*y", r"/x\?", "/[a-z]+", "/(x|y)$", "/a.b", "/{n}", "/ü*", "/한*", "/a/b-c", r"/back\\slash*",
]  # fmt: skip


def hard_cases():
    """A stack whose rules have patterns with special characters, regular expressions and several headers."""
    (balancer,) = section_of(shop()).after
    listener = next(each for each in balancer.listeners if each.port == 443)
    rule = listener.rules[1]
    condition = rule.conditions[0]
    rules = [
        replace(rule, id=f"r{number}", conditions=(replace(condition, values=(text,)),))
        for number, text in enumerate(HARD)
    ]
    rules += [
        replace(rule, id=f"e{number}", conditions=(replace(condition, values=(), regex=(text,)),))
        for number, text in enumerate((r"^/v\d+/", "[", "x$"))
    ]
    hosts = replace(condition, field="host-header", values=("*.Example.com", "a?.example"))
    rules.append(replace(rule, id="host", conditions=(hosts,)))
    return (replace(balancer, listeners=(replace(listener, rules=(*rules, listener.rules[-1])),)),)


PATHS = [text.replace("*", "zz").replace("?", "q").replace("\\", "") for text in HARD]


@pytest.mark.parametrize("stack", [section_of(shop()).after, section_of(shop_change()).before, hard_cases(), ()])
def test_the_page_decides_like_elbplan(show, stack):
    page = show(report(shop()))
    urls = [*URLS, *(f"https://ab.example{path}" for path in (*PATHS, "/v12/x", "/x*y", "/x?", "/ax"))]
    cases = [(url, method, headers) for url in urls for method, headers in (("GET", {}), ("POST", {"X-Tool": "aB"}))]
    script = """
        const [balancers, cases] = arguments;
        return cases.map(([url, method, headers]) => {
          const request = elbplanRoute.requestOf(url, method, headers);
          return request && elbplanRoute.routeOf(balancers, request);
        });
    """
    found = page.execute_script(script, traffic_document(stack), cases)
    for case, answer in zip(cases, found, strict=True):
        request = Request.of(*case)
        assert answer == (route_document(route_of(stack, request)) if request else None), case


def test_text_of_others_does_nothing(show):
    page = show(report(*(replace(hostile(text), stack=f"s{number}") for number, text in enumerate(HOSTILE))))
    for node in page.find_elements(By.CSS_SELECTOR, ".node")[::7]:
        page.execute_script("arguments[0].click()", node)
        assert drawer(page).is_displayed()
    assert page.find_elements(By.CSS_SELECTOR, "img, a[href^=http], iframe, object") == []
    form = page.find_elements(By.CSS_SELECTOR, ".ask")[0]
    page.execute_script("arguments[0].url.value = '<img src=x>'; arguments[0].requestSubmit()", form)
    assert page.find_elements(By.CSS_SELECTOR, ".answer img") == []


def test_connections_are_drawn_and_a_phone_needs_no_sideways_scrolling(show):
    page = show(report(shop()))
    drawn = page.find_elements(By.CSS_SELECTOR, ".wires path")
    assert len(drawn) == len(section_of(shop()).map.edges)
    assert all(float(wire.get_attribute("d").split(" ")[0][1:]) > 0 for wire in drawn)
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert page.execute_script("return document.documentElement.scrollWidth") <= 390
        assert not page.find_element(By.CSS_SELECTOR, ".wires").is_displayed()
        assert page.find_element(By.CSS_SELECTOR, ".leads").is_displayed()
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


CONTRAST = """
    const luminance = (colour) => {
      const linear = (v) => (v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
      const [r, g, b] = colour.match(/[\\d.]+/g).map((v) => linear(Number(v) / 255));
      return .2126 * r + .7152 * g + .0722 * b;
    };
    const behind = (element) => {
      for (let it = element; it; it = it.parentElement) {
        const colour = getComputedStyle(it).backgroundColor;
        if (colour !== "rgba(0, 0, 0, 0)") return colour;
      }
      return "rgb(255, 255, 255)";
    };
    return Array.from(document.querySelectorAll("main *"))
      .filter((e) => e.offsetParent && Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim()))
      .map((e) => {
        const [a, b] = [luminance(getComputedStyle(e).color), luminance(behind(e))].sort((x, y) => y - x);
        return [(a + .05) / (b + .05), e.className || e.tagName, e.textContent.trim().slice(0, 30)];
      })
      .filter(([ratio]) => ratio < 4.5);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(show, scheme):
    """WCAG 2 AA wants 4.5 to 1 for text."""
    page = show(report(named(shop_change())))
    wanted = {"name": "prefers-color-scheme", "value": scheme}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [wanted]})
    assert page.execute_script(CONTRAST) == []
