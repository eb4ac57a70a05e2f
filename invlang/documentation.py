"""Pages of the library, from its own declarations: what each thing is, how it is called, what is known of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from textwrap import fill

from invlang.bundled import PICTURES
from invlang.highlight import highlight
from invlang.mathematics import split_prose, to_mathml
from invlang.meaning import library
from invlang.meaning.library import Entry
from invlang.page import html_page, to_data_uri
from invlang.spelling import closest

FAMILIES = {
    "operators": "Operators", "noise": "Noise laws", "priors": "Priors", "algorithms": "Algorithms", "generators": "Generators",
    "samplers": "Samplers", "losses": "Losses", "networks": "Networks", "pictures": "Pictures",
}  # fmt: skip
STYLE = """
.entry { margin:0 0 2.2rem } .entry h3 { font-size:1.08rem; margin:0 0 .3rem } .entry h3 span { color:var(--quiet);
font-weight:400; font-size:.88rem; margin-left:.5rem } .entry h3 a { color:inherit; text-decoration:none }
.entry img { display:block; max-width:100%; height:auto; margin:.8rem 0; border-radius:6px }
.entry summary { cursor:pointer; color:var(--accent); margin:.5rem 0 }
nav { columns:14rem; margin:1rem 0 2rem } nav a { display:block; color:var(--accent); text-decoration:none; padding:.08rem 0 }
nav h3 { break-after:avoid } .words td { white-space:normal; text-align:left }
"""


def doc_of(entry: Entry) -> str:
    """Its ## lines, joined to paragraphs: a line that follows a full stop begins a new one."""
    paragraphs: list[str] = []
    for line in (line[2:].strip() for line in text_of(entry).split("\n") if line.startswith("##")):
        if paragraphs and line and not paragraphs[-1].endswith((".", "]")):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
    return "\n".join(paragraphs)


def text_of(entry: Entry) -> str:
    return library.source_of(entry.path).text[entry.start : entry.end].strip("\n")


def code_of(entry: Entry) -> str:
    """The declaration as it is written, without its ## lines and the comments that follow it."""
    lines = [line for line in text_of(entry).split("\n") if not line.startswith("##")]
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return "\n".join(lines)


def first_sentence(entry: Entry) -> str:
    """
    >>> first_sentence(library.entries()["Blur"])[:6]
    'Blur: '
    """
    words = " ".join(doc_of(entry).split())
    return re.split(r"(?<=[.:;])\s", words + " ", maxsplit=1)[0].rstrip(".:; ") if words else ""


def families() -> dict[str, list[Entry]]:
    """The library's definitions by folder, folders in the order in which one meets them."""
    found: dict[str, list[Entry]] = {}
    for entry in library.entries().values():
        found.setdefault(entry.family, []).append(entry)
    return {f: found[f] for f in [*(f for f in FAMILIES if f in found), *(f for f in found if f not in FAMILIES)]}


def names_like(word: str) -> list[str]:
    """Names that are near, or that hold the word."""
    names = [*dict.fromkeys(e.name for e in library.entries().values()), *library.modules(), "pictures"]
    close = closest(word, names)
    found = ([close] if close else []) + [n for n in names if word.lower() in n.lower()]
    return list(dict.fromkeys(found))[:4]


# ---- in a terminal


def list_text(width: int = 100) -> str:
    """Every name with one line, by family."""
    blocks = [family_block(FAMILIES.get(f, f.capitalize()), entries, width) for f, entries in families().items()]
    return "\n".join([*blocks, pictures_block(width)])


def family_block(title: str, entries: list[Entry], width: int) -> str:
    widest = max(len(e.name) for e in entries)
    return f"{title}\n" + "".join(
        f"  {e.name.ljust(widest)}  {shortened(first_sentence(e), width - widest - 4)}".rstrip() + "\n" for e in entries
    )


def pictures_block(width: int) -> str:
    widest = max(map(len, PICTURES))
    lines = [f"  {name.ljust(widest)}  {shortened(p.about, width - widest - 4)}\n" for name, p in sorted(PICTURES.items())]
    return 'Pictures, as in image("astronaut")\n' + "".join(lines)


def shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(1, width - 1)].rsplit(" ", 1)[0] + "…"


def family_text(name: str, width: int = 100) -> str | None:
    """The list of a folder or a file of the library, by name; None where there is none of that name."""
    if name == "pictures":
        return pictures_block(width)
    entries = [e for e in library.entries().values() if name in (e.family, e.stem)]
    return family_block(FAMILIES.get(name, name.capitalize()), entries, width) if entries else None


def entry_text(key: str, width: int = 100) -> str:
    """One page: what it is, how it is declared, where it stands.  key: its name, after a `~` where a generator shares it."""
    entry = library.entries()[key]
    name = entry.name
    place = library.source_of(entry.path).name
    head = f"{name}  ·  {entry.keyword}  ·  {place}"
    said = "\n".join(fill(line, width, initial_indent="  ", subsequent_indent="  ") for line in doc_of(entry).split("\n"))
    code = "\n".join(f"  {line}".rstrip() for line in code_of(entry).split("\n"))
    shown = "\n".join(f"    {line}".rstrip() for line in example_of(key).split("\n"))
    seen = see_also(entry)
    parts = (head, said, code, shown.strip() and f"  at work\n\n{shown}", seen and "  see also  " + ", ".join(seen))
    return "\n\n".join(part for part in parts if part and part.strip()) + "\n"


def example_of(name: str) -> str:
    """The program that shows a definition at work, or nothing."""
    path = library.gallery().get(name)
    return library.source_of(path).text.strip() if path else ""


def see_also(entry: Entry) -> list[str]:
    """What its equation is made of, and what stands beside it in the same file."""
    words = re.findall(r"\b\w+\b", code_of(entry))
    named = [w for w in words if w in library.entries() and w != entry.name]
    beside = [e.name for e in library.entries().values() if e.path == entry.path and e.name != entry.name]
    return list(dict.fromkeys([*named, *beside]))[:6]


# ---- as pages


Picture = Callable[[str], bytes | None]


def html_pages(picture: Picture = lambda name: None) -> dict[str, str]:
    """File name → page: an index, and one page a family.  picture: the PNG that a definition's example gives, by name."""
    pages = {f"{family}.html": family_page(family, entries, picture) for family, entries in families().items()}
    return {"index.html": index_page(), **pages, "pictures.html": pictures_page()}


def index_page() -> str:
    links = "".join(
        f"<h3>{escape(FAMILIES.get(family, family))}</h3>"
        + "".join(f'<a href="{family}.html#{e.name}">{e.name}</a>' for e in entries)
        for family, entries in families().items()
    )
    last = '<h3>Pictures</h3><a href="pictures.html">all pictures</a>'
    return html_page("The library", f"<main><h1>The library of invlang</h1><nav>{links}{last}</nav></main>", STYLE)


def family_page(family: str, entries: list[Entry], picture: Picture) -> str:
    title = FAMILIES.get(family, family)
    body = "".join(entry_html(e, picture(library.key_of(e))) for e in entries)
    return html_page(title, f'<main><p><a href="index.html">library</a></p><h1>{escape(title)}</h1>{body}</main>', STYLE)


def entry_html(entry: Entry, picture: bytes | None) -> str:
    said = "".join(f"<p>{prose(line)}</p>" for line in doc_of(entry).split("\n") if line)
    heading = (
        f'<h3><a href="#{entry.name}">{entry.name}</a><span>{entry.keyword} · {library.source_of(entry.path).name}</span></h3>'
    )
    code = f"<pre><code>{highlight(code_of(entry))}</code></pre>"
    example = example_of(library.key_of(entry))
    at_work = f"<details><summary>at work</summary><pre><code>{highlight(example)}</code></pre></details>" if example else ""
    image = f'<img src="{to_data_uri(picture)}" alt="{entry.name} at work">' if picture else ""
    return f'<section class="entry" id="{entry.name}">{heading}{said}{code}{at_work}{image}</section>'


def prose(text: str) -> str:
    """A sentence with its mathematics set."""
    return "".join(escape(piece) if isinstance(piece, str) else to_mathml(piece) for piece in split_prose(text))


def pictures_page() -> str:
    rows = "".join(f"<tr><td>{name}</td><td>{escape(p.about)}</td></tr>" for name, p in sorted(PICTURES.items()))
    body = f'<h1>Pictures</h1><p>image("astronaut") and so on.</p><table class="words"><tbody>{rows}</tbody></table>'
    return html_page("Pictures", f'<main><p><a href="index.html">library</a></p>{body}</main>', STYLE)
