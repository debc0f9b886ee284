"""What a person reads of a piece of HTML."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.errors import InputError
from ingest.html_text import DEEPEST, plain


def test_paragraphs_are_parted_by_a_blank_line_and_white_space_is_as_on_screen() -> None:
    html = "<p>Hello <b>you</b>,\n</p><p>one<br>two &amp; <em>th</em>ree&nbsp;\n four</p><h2>Head</h2>end"
    assert plain(html) == "Hello you,\n\none\ntwo & three four\n\nHead\n\nend"


def test_lists_keep_their_bullets_numbers_and_depth() -> None:
    html = "<p>Do:</p><ul><li>a<li><p>b</p><ol start=3><li>c<li>d</ol></ul><p>Then rest.</p>"
    assert plain(html) == "Do:\n- a\n- b\n  3. c\n  4. d\n\nThen rest."


def test_a_table_becomes_rows_of_cells() -> None:
    html = "<table><tr><th>day<th>who<th>what</tr><tr><td><p>Mon</p><td><td><p>chairs</p></tr></table>after"
    assert plain(html) == "day | who | what\nMon |  | chairs\n\nafter"


def test_a_table_in_a_table_keeps_the_cells_of_both() -> None:
    html = "<table><tr><td>a<table><tr><td>b<td>c</table><td>d<tr><td>e<td>f</table>"
    assert plain(html) == "a\n\nb | c | d\ne | f"


def test_a_list_in_a_quotation_or_numbered_from_nowhere_keeps_its_signs() -> None:
    html = "<blockquote>so<ul><li>a<br>b</ul></blockquote><ol start=x><li>c<li><li>d</ol>"
    assert plain(html) == "> so\n> - a\n>   b\n1. c\n3. d"


def test_a_table_for_layout_keeps_the_paragraphs_inside_its_cells() -> None:
    html = "<table><tr><td><p>one</p><p>two</p></td></tr><tr><td>three</td></tr></table>"
    assert plain(html) == "one\n\ntwo\n\nthree"


def test_code_is_kept_to_the_letter_in_a_fence() -> None:
    html = "Use <code>x</code>:<pre><code>def f():\n\n    return  <b>1</b> &lt; 2<br># end</code></pre>ok <code></code>"
    assert plain(html) == "Use `x`:\n\n```\ndef f():\n\n    return  1 < 2\n# end\n```\n\nok"


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    assert plain("<pre>a ``` b</pre>") == "````\na ``` b\n````"


def test_lines_of_a_quotation_are_marked() -> None:
    html = "<blockquote><p>one<br>two</p><pre>x\ny</pre></blockquote>mine"
    assert plain(html) == "> one\n> two\n\n> ```\n> x\n> y\n> ```\n\nmine"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<a href='https://x.org/a'>the manual</a>!", "the manual (https://x.org/a)!"),
        ("<a href='https://x.org/a/'>https://x.org/a</a>", "https://x.org/a"),
        ("<a href='https://x.org/a'>x.org/a</a>", "x.org/a"),
        ("<a href='mailto:ines@x.org'>ines@x.org</a>", "ines@x.org"),
        ("<a href='mailto:ines@x.org'>Ines</a>", "Ines (ines@x.org)"),
        ("<a class=mention href='/u/ines'>@ines</a>", "@ines"),
        ("<a href='javascript:alert(1)'>go</a>", "go"),
        ("<a class=anchor href='https://x.org#a'></a>Head", "Head"),
    ],
)
def test_a_link_says_its_address_unless_the_label_does(html: str, text: str) -> None:
    assert plain(html) == text


def test_scripts_styles_and_hidden_things_are_left_out() -> None:
    html = (
        "<head><title>t</title></head><script>a</script><style>b</style><div hidden>c</div><!-- d -->"
        "<span style='color:red; Display : NONE'>e<b>f</b>h</span><svg><text>g</text></svg>seen"
        "<i style='visibility: hidden'>i</i>"
    )
    assert plain(html) == "seen"


def test_struck_text_powers_images_and_boxes_can_be_told() -> None:
    html = (
        "<del>old</del> new, 10<sup>6</sup>, 4<sup>th</sup>, 5<sup></sup>"
        " <img src=a.png alt='a chart'> <input type=checkbox checked>done<input value=x>"
        " <abbr title='Portable'>PDF</abbr>"
    )
    assert plain(html) == "~~old~~ new, 10^6, 4th, 5 [image: a chart] [x] done PDF"


def test_the_caller_says_what_stands_for_an_element() -> None:
    def instead(tag: str, attributes: Mapping[str, str]) -> str | None:
        if tag == "aside":
            return f"[quoting {attributes['data-username']}]"
        return "" if tag == "blockquote" else None

    html = "Well.<aside data-username=ana><p>hers</p></aside>mine<blockquote>his<p>his</blockquote>, too"
    assert plain(html, instead) == "Well.\n[quoting ana]\nmine, too"


def test_what_no_database_takes_is_replaced() -> None:
    assert plain("a\0b\ud800c&#0;&#xd800;") == "a\ufffdb?c\ufffd\ufffd"


@pytest.mark.parametrize("html", ["", "   ", "<!-- x -->", "<p></p>", "</div>"])
def test_nothing_to_read_is_an_empty_text(html: str) -> None:
    assert plain(html) == ""


def test_html_nested_beyond_all_sense_is_refused() -> None:
    assert plain("<div>" * 1000 + "x") == "x"
    with pytest.raises(InputError, match=f"more than {DEEPEST} deep"):
        plain("<div>" * 100_000 + "x")


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 1900 + "</i>" * 50_000,
        "<ul><li>x" * 900 + "<li>x" * 50_000,
        "<table><tr><td>" * 600 + "<td>x" * 50_000,
        "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">",
        "<pre>" + "`" * 300_000 + "</pre>",
        "<blockquote>" * 1900 + "<br>x" * 50_000,
        "<a href=x>y<table>" * 900 + "<a href=http://x>y</a>" * 20_000,
        "<!--" * 100_000,
    ],
)
def test_hostile_html_takes_linear_time_and_room(html: str) -> None:
    started = time.monotonic()
    assert len(plain(html)) < 20 * len(html)
    assert time.monotonic() - started < 5


_PIECES = st.sampled_from(
    "<p> </p> <ul> <ol> <li> </ul> <pre> </pre> <code> </code> <table> <tr> <td> </td> </table> <br> <del> </del>"
    " <a_href='http://x'> </a> <blockquote> </blockquote> <sup> <script> </script> <img_alt=y> &amp; &# <".split()
)


@given(st.lists(_PIECES.map(lambda piece: piece.replace("_", " ")) | st.text(max_size=5), max_size=60))
def test_any_html_becomes_clean_text(pieces: list[str]) -> None:
    text = plain("".join(pieces))
    assert "\0" not in text
    assert text.encode("utf-8").decode() == text == text.strip()


@given(st.text("ab <>/p", max_size=40), st.text("abc", min_size=1))
def test_words_of_text_without_tags_all_come_through(tag_soup: str, words: str) -> None:
    assert plain(f"<div>{tag_soup.replace('<', '&lt;')} {words}</div>").endswith(words)
