"""The report stands alone, says everything and trusts nobody's text."""

import io
from html.parser import HTMLParser

import networkx as nx
import numpy as np

from invlang.derivation import Derivation, Line, Note, Section
from invlang.derivation_html import derivation_html, derivation_page
from invlang.draw import to_svg
from invlang.highlight import highlight
from invlang.plot import png_bytes
from invlang.progress import metrics_table, progress_bar
from invlang.report import Report, report_html, write_report
from invlang.tables import show_cell, table_text

EVIL = "<script>alert(1)</script>\"'&<img src=http://x.y/z onerror=alert(2)>"
VOID = {"meta", "img", "br", "mspace", "link", "hr", "input"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


def graph(label: str) -> nx.DiGraph:
    result = nx.DiGraph()
    result.add_node(label, label=label, kind=label, detail=label)
    result.add_node("y", label="y", kind="data")
    result.add_edge(label, "y", label=label)
    return result


def report(text: str) -> Report:
    png = png_bytes(np.eye(8))
    lines = Section(text, (Line(text, "=", text, text, text), Note(text, text, text)))
    fragment = derivation_html(Derivation(text, (lines,)))
    return Report(
        text, text, text, ({text: text, "psnr": 20.0},), ((text, png, text),) * 2, ((png, text),), ((text, fragment), ("b", fragment)),
        to_svg(graph(text), "own"), {text: text}, (text,),
    )  # fmt: skip


def test_users_text_is_never_markup():
    reader = read(report_html(report(EVIL)))
    assert reader.tags.count("script") == 1 and reader.tags.count("img") == 4
    assert not [a for a in reader.attributes if a[1].startswith("on")]
    assert EVIL in "".join(reader.text)


def test_nothing_is_loaded_from_anywhere():
    reader = read(report_html(report("plain")))
    loaded = [value for _, name, value in reader.attributes if name in ("src", "href", "data", "action", "poster")]
    assert all(value.startswith("data:") for value in loaded)
    assert "link" not in reader.tags and "url(http" not in report_html(report("plain"))
    assert any("default-src 'none'" in value for _, name, value in reader.attributes if name == "content")


def test_an_empty_report_and_a_page_of_a_derivation_are_whole(tmp_path):
    write_report(tmp_path / "r.html", Report("σ ≤ 1"))
    reader = read((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "h2" not in reader.tags and "σ ≤ 1" in reader.text
    assert "math" in read(derivation_page(Derivation("t", (Section("s", (Line("Fᴴ F", "=", "I"),)),)))).tags


def test_a_program_keeps_every_character_when_coloured():
    text = '"""doc <b>"""\nlet h = 1.5e-3 * TV(x)  # "note" & more\nsimulate x = image("a\\"b")\nσ = x\'\n"open'
    assert "".join(read(highlight(text)).text) == text
    assert '<span class="k">let</span>' in highlight(text) and '<span class="n">1.5e-3</span>' in highlight(text)


def test_tables():
    rows = [{"name": "tv", "psnr": 28.1234}, {"name": "wavelet", "psnr": float("nan"), "seconds": 1e-6}]
    assert table_text(rows) == "name      psnr   seconds\ntv       28.12         –\nwavelet      –  1.00e-06\n"
    assert table_text([]) == "" and show_cell(float("inf")) == "∞" and show_cell(3) == "3"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_bars_are_silent_off_a_terminal_and_under_quiet(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    for stream, quiet in ((io.StringIO(), False), (Terminal(), True)):
        with progress_bar("tv", 3, quiet, stream) as advance:
            advance(2, note="[red]")
        assert stream.getvalue() == ""
    stream = Terminal()
    with progress_bar("tv [b]", 3, stream=stream) as advance:
        advance(3, note="[red] 1e-3")
    assert "tv [b]" in stream.getvalue() and "\x1b[3" not in stream.getvalue().replace("\x1b[2K", "")


def test_metrics_go_to_a_pipe_as_plain_text_and_to_a_terminal_as_a_table(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    pipe, terminal = io.StringIO(), Terminal()
    for stream in (pipe, terminal):
        metrics_table([{"name": "tv", "psnr": 28.1}], stream)
        metrics_table([], stream)
    assert pipe.getvalue() == "name   psnr\ntv    28.10\n" and "28.10" in terminal.getvalue()
