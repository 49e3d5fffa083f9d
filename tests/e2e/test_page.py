"""The report of a whole run, in a real browser without a network: drawn, true to the predictions, usable by all."""

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Visit, browser, ink, needs_chromium
from tests.e2e.runs import Run

pytestmark = [pytest.mark.e2e, needs_chromium]

SECTIONS = ["verdict", "quality", "slices", "why", "where-wrong", "size", "search", "data", "origin", "glossary"]
WIDTHS = {"desk": 1200, "phone": 360}


@pytest.fixture(scope="module")
def address(first: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    assert first.status == 0, first.explain()
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(first.page)
    return path.as_uri()


@pytest.fixture(scope="module")
def opened() -> Iterator[Callable[..., Visit]]:
    with browser() as visit:

        def ready(address: str, width: int = 1200) -> Visit:
            seen = visit(address, width)
            seen.page.wait_for_selector("html[data-ready=true][data-complete=true]", timeout=60_000)
            return seen

        yield ready


@pytest.fixture(scope="module")
def desk(opened: Callable[..., Visit], address: str) -> Visit:
    return opened(address)


@pytest.fixture(scope="module")
def phone(opened: Callable[..., Visit], address: str) -> Visit:
    return opened(address, WIDTHS["phone"])


@pytest.fixture(scope="module")
def dark(opened: Callable[..., Visit], address: str) -> Visit:
    seen = opened(address)
    seen.page.emulate_media(color_scheme="dark")
    return seen


def unfold(page: Any) -> None:
    """Opens all that is folded away, and waits until it is drawn."""
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    page.wait_for_function(
        "[...document.querySelectorAll('figure .chart')].every((chart) => chart.querySelector('svg'))"
    )


def test_the_page_is_one_file_below_3_mb(first: Run) -> None:
    assert 100_000 < len(first.page.encode()) < 3_000_000


def test_the_page_asks_nobody_for_anything_and_has_nothing_to_complain_of(desk: Visit) -> None:
    unfold(desk.page)
    assert desk.left == []
    assert desk.heard == []


def test_the_sections_come_in_the_order_in_which_a_person_asks(desk: Visit) -> None:
    assert desk.page.eval_on_selector_all("main > section", "all => all.map((one) => one.id)") == SECTIONS


@pytest.mark.parametrize("section", SECTIONS[1:-1])
def test_each_section_has_figures_that_are_drawn(desk: Visit, section: str) -> None:
    unfold(desk.page)
    figures = desk.page.query_selector_all(f"#{section} figure")
    assert figures
    for figure in figures:
        chart = figure.query_selector(".chart")
        assert figure.query_selector("figcaption").inner_text().strip()
        assert len(chart.get_attribute("aria-label")) > 20
        assert ink(chart.screenshot()) > 0.002, figure.inner_text()
        assert chart.query_selector("svg text") is not None


def test_the_verdict_names_every_gate_with_its_value(desk: Visit, first: Run) -> None:
    shown = desk.page.inner_text("#verdict")
    assert "passed all" in shown
    for gate in first.summary["gates"]:
        assert gate["name"] in shown
    assert f"{first.gates()['auc']['value']:.4f}" in shown


@pytest.fixture(scope="module")
def predicted(first: Run, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[float, bool]]:
    """Probability and label of every test row, by the command `predict` from the pushed model."""
    rows = list(csv.DictReader(first.clone.read("adult_test.csv")))
    done = first.clone.predict(first.summary["pushed"]["path"], first.clone.data / "adult_test.csv")
    assert done.returncode == 0, done.stderr
    answers = csv.DictReader(io.StringIO(done.stdout))
    return [
        (float(answer["probability_>50K"]), row["income"].strip().startswith(">50K"))
        for row, answer in zip(rows, answers, strict=True)
    ]


@pytest.mark.parametrize("threshold", [0.5, 0.13, 0.77, 1.0])
def test_the_movable_threshold_shows_the_confusions_of_the_predictions(
    desk: Visit, predicted: list[tuple[float, bool]], threshold: float
) -> None:
    desk.page.fill(".threshold input[type=number]", str(threshold))

    def shown(name: str) -> str:
        return desk.page.inner_text(f".threshold [data-value={name}]")

    counts = dict.fromkeys(("true_positives", "false_positives", "false_negatives", "true_negatives"), 0)
    for probability, positive in predicted:
        called = probability > threshold
        right = "true" if called == positive else "false"
        counts[f"{right}_{'positives' if called else 'negatives'}"] += 1
    # `predict` writes six digits behind the point: a row that lies on the threshold may fall on the other side of it.
    for name, count in counts.items():
        assert abs(int(shown(name).replace(",", "")) - count) <= 1, name
    total = sum(counts.values())
    accuracy = (counts["true_positives"] + counts["true_negatives"]) / total
    assert float(shown("accuracy").removesuffix(" %")) == pytest.approx(100 * accuracy, abs=0.15)


def test_the_threshold_moves_by_keyboard(desk: Visit) -> None:
    desk.page.focus(".threshold input")
    before = desk.page.input_value(".threshold input[type=number]")
    desk.page.keyboard.press("ArrowLeft")
    after = desk.page.input_value(".threshold input[type=number]")
    assert float(after) == pytest.approx(float(before) - 0.01)


def test_the_threshold_moves_figures_and_slices_and_comes_back(desk: Visit) -> None:
    def seen() -> list[str]:
        slices = desk.page.inner_text(".threshold table.sortable")
        figures = "all => all.map((one) => one.querySelector('svg')?.outerHTML ?? '')"
        roc, precision, *_, histogram = desk.page.eval_on_selector_all("#quality figure", figures)
        return [slices, roc, precision, histogram]

    desk.page.click(".threshold .control button")
    before = seen()
    desk.page.fill(".threshold input[type=number]", "0.2")
    desk.page.wait_for_function("document.querySelector('#quality figure svg').textContent.includes('0.20')")
    assert [old != new for old, new in zip(before, seen(), strict=True)] == [True] * 4
    desk.page.click(".threshold .control button")
    desk.page.wait_for_function("document.querySelector('#quality figure svg').textContent.includes('0.50')")
    assert seen() == before


def test_every_table_is_saved_as_csv_with_all_digits(desk: Visit, first: Run, tmp_path: Path) -> None:
    tables = desk.page.locator("table.sortable").count()
    assert tables == desk.page.locator("button.download").count() > 10
    with desk.page.expect_download() as saved:
        desk.page.click("#verdict button.download")
    saved.value.save_as(tmp_path / "checks.csv")
    assert saved.value.suggested_filename == "Release-checks.csv"
    rows = list(csv.DictReader((tmp_path / "checks.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["check"] for row in rows] == [gate["name"] for gate in first.summary["gates"]]
    auc = next(row for row in rows if row["check"] == "auc")
    assert float(auc["value"]) == first.gates()["auc"]["value"]


def test_at_1280_pixels_no_table_scrolls(desk: Visit) -> None:
    before = desk.page.viewport_size
    desk.page.set_viewport_size(before | {"width": 1280})
    unfold(desk.page)
    wide = "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.ariaLabel)"
    assert desk.page.eval_on_selector_all(".scroll:has(table)", wide) == []
    desk.page.set_viewport_size(before)


def test_on_a_phone_whether_a_check_passed_is_in_sight_and_the_first_column_stays(phone: Visit) -> None:
    passed = phone.page.locator("#verdict table td").first.bounding_box()
    assert passed is not None
    assert passed["x"] + passed["width"] <= WIDTHS["phone"]
    heading = phone.page.locator("#verdict table tbody th").first
    phone.page.eval_on_selector("#verdict .scroll", "(scroll) => { scroll.scrollLeft = 100; }")
    box = heading.bounding_box()
    assert box is not None
    assert 0 <= box["x"] < 20


def test_a_shade_shows_that_a_table_goes_on_and_is_gone_at_its_end(phone: Visit) -> None:
    shade = "(scroll) => getComputedStyle(scroll, '::after').opacity"
    seen = []
    for left in (0, 10_000):
        phone.page.eval_on_selector("#verdict .scroll", "(scroll, left) => { scroll.scrollLeft = left; }", left)
        phone.page.wait_for_timeout(100)
        seen.append(phone.page.eval_on_selector("#verdict .scroll", shade))
    assert seen == ["1", "0"]


def test_on_a_phone_the_names_of_slices_do_not_lie_on_each_other(phone: Visit) -> None:
    within = "(axes) => [...axes[1].querySelectorAll('text')].map((name) => name.getBoundingClientRect())"
    boxes = phone.page.eval_on_selector_all("#slices figure svg .role-axis-label", within)
    assert len(boxes) > 5
    assert all(
        above["bottom"] <= below["top"]
        for above, below in itertools.pairwise(sorted(boxes, key=lambda box: box["top"]))
    )


def test_what_is_said_beside_a_point_is_said_in_words_and_readable_in_the_dark(dark: Visit) -> None:
    dark.page.locator("#slices figure svg .mark-symbol path").first.hover()
    dark.page.wait_for_selector("#vg-tooltip-element.visible")
    assert "95 % interval from" in dark.page.inner_text("#vg-tooltip-element")
    color = dark.page.eval_on_selector("#vg-tooltip-element", "(one) => getComputedStyle(one).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", color))) < 150


def test_the_table_of_contents_stays_in_sight_and_marks_the_section(desk: Visit) -> None:
    desk.page.click('nav a[href="#data"]')
    desk.page.wait_for_selector('nav a[href="#data"][aria-current]')
    assert desk.page.locator("nav").bounding_box()["y"] == 0
    headings = desk.page.eval_on_selector_all("h2, h3", "all => all.map((one) => one.nextElementSibling?.hash)")
    assert all(headings)
    assert len(set(headings)) == len(headings)


def test_a_table_of_slices_sorts_by_number_and_back(desk: Visit) -> None:
    table = desk.page.query_selector("#slices table.sortable")
    heading = table.query_selector("thead th.number button")
    column = 1 + desk.page.evaluate("(button) => button.closest('th').cellIndex", heading)

    def values() -> list[float]:
        cells = table.query_selector_all(f"tbody td:nth-child({column})")
        return [float(cell.get_attribute("data-sort") or cell.inner_text().replace(",", "")) for cell in cells]

    heading.click()
    assert values() == sorted(values())
    heading.click()
    assert values() == sorted(values(), reverse=True)
    assert heading.evaluate("(button) => button.closest('th').getAttribute('aria-sort')") == "descending"


# Removes the rows of a table that look like two others, and the marks of the charts: the checker cannot judge the
# contrast of text among them, and looking for what lies beneath thousands of them takes most of its time.
THIN = """() => {
    const known = new Map();
    const look = (one) => [one.tagName, one.className, getComputedStyle(one).color, getComputedStyle(one).background];
    for (const row of document.querySelectorAll('tbody tr')) {
        const looks = [row.closest('section').id, ...[row, ...row.querySelectorAll('*')].map(look)].join();
        known.set(looks, 1 + (known.get(looks) ?? 0));
        if (known.get(looks) > 2) row.remove();
    }
    document.querySelectorAll('figure svg *').forEach((one) => one.remove());
}"""
CONTRAST = "color-contrast"


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_an_accessibility_checker_finds_no_serious_fault(
    opened: Callable[..., Visit], address: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = opened(address, width)
    unfold(seen.page)

    def faults(*kinds: str, **options: Any) -> dict[str, list[str]]:
        found = Axe().run(seen.page, options={"resultTypes": kinds, **options}).response
        return {
            fault["id"]: [node["html"][:200] for node in fault["nodes"]][:3]
            for kind in kinds
            for fault in found[kind]
            if fault["impact"] in ("serious", "critical")
        }

    assert faults("violations", rules={CONTRAST: {"enabled": False}}) == {}
    seen.page.evaluate(THIN)
    # Where tables scroll, the checker leaves open what it cannot see. Where they do not, it judges every cell.
    kinds = ("violations",) if width == WIDTHS["phone"] else ("violations", "incomplete")
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        assert faults(*kinds, runOnly=[CONTRAST]) == {}, scheme
    seen.page.close()


def test_a_phone_scrolls_tables_and_not_the_page(phone: Visit) -> None:
    unfold(phone.page)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]


def test_numbers_below_zero_have_a_minus_and_no_hyphen(desk: Visit) -> None:
    unfold(desk.page)
    for section in ("why", "where-wrong"):
        said = desk.page.inner_text(f"#{section}")
        assert re.search(r"−\d", said)
        assert re.findall(r"(?<![\w.-])-\d[\d.]*", said) == []


def test_a_dark_page_is_dark_and_its_charts_light(dark: Visit) -> None:
    background, text = (
        dark.page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color")
    )
    assert sum(map(int, re.findall(r"\d+", background))) < 150 < 600 < sum(map(int, re.findall(r"\d+", text)))
    axis = "#quality svg .role-axis-label text"
    assert dark.page.eval_on_selector(axis, "(label) => getComputedStyle(label).fill") == text


def test_paper_has_what_is_folded_away_but_for_what_is_for_the_screen_alone(
    opened: Callable[..., Visit], address: str, tmp_path: Path
) -> None:
    seen = opened(address)

    def pages() -> int:
        seen.page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
        return len(re.findall(rb"/Type\s*/Page[^s]", (tmp_path / "page.pdf").read_bytes()))

    in_all = pages()
    is_open = "all => all.map((details) => details.open)"
    assert all(seen.page.eval_on_selector_all("details:not(.screen)", is_open))
    widths = "all => all.map((chart) => chart.closest('details.screen') ? -1 : chart.querySelector('svg').clientWidth)"
    assert not [width for width in seen.page.eval_on_selector_all("figure .chart", widths) if 0 <= width <= 100]
    for section in ("why", "where-wrong"):
        said = seen.page.eval_on_selector(f"#{section} .paper", "one => one.textContent")
        assert re.match(r"\d+ parts more on the screen page: ", said)
        assert said.count(";") == seen.page.locator(f"#{section} details.screen").count() - 1
    assert in_all <= 16
    seen.page.eval_on_selector_all("#why, #where-wrong", "all => all.forEach((one) => one.remove())")
    assert in_all - pages() <= 3
    seen.page.close()


def test_every_number_of_the_facts_is_in_the_summary(desk: Visit, first: Run) -> None:
    known = json.dumps(first.summary)
    for text in desk.page.eval_on_selector_all("#verdict .facts dd", "all => all.map((one) => one.innerText)"):
        number = re.search(r"\d[\d,]*(\.\d+)?", text)
        assert number is not None
        digits = number[0].replace(",", "")
        assert any(
            f"{float(value):.{len(digits.partition('.')[2])}f}" == digits
            for value in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", known)
        ), text
