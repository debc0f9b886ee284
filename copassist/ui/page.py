"""The page: builds the tabs and wires them to the core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from copassist.records import FORMATS, KINDS
from copassist.ui.actions import Actions
from copassist.ui.library import Library
from copassist.ui.words import KINDS_WORDS
from copassist.words import FORMAT_WORDS

HERE = Path(__file__).parent
PAGE_JS = (HERE / "page.js").read_text("utf-8")
PANEL_JS = (HERE / "panel.js").read_text("utf-8")
STYLE = (HERE / "style.css").read_text("utf-8")
SYSTEM_FONTS = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
PRIVACY = (
    "Otherwise your question, what was found and your feedback are saved under a code instead of your name. "
    "Leaders see topics and counts, never who asked, and a topic only once {askers} different people asked."
)
WHO = "Decides what you may see and who is suggested. It is no security: anyone here can pick any name."
PLOT_COLORS = {"answered": "#2a7f78", "partial": "#d9a441", "unanswered": "#b5533c"}


def launch_options() -> dict[str, Any]:
    """The look of the page, for `Blocks.launch` or `gr.mount_gradio_app`; fonts are the system's."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=list(SYSTEM_FONTS),
        font_mono=list(MONO_FONTS),
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_lg,
    )
    # Gradio rewrites what it gets as `css` (it splits :is() at commas), and leaves `head` alone.
    return {"theme": theme, "head": f"<style>{STYLE}</style>", "footer_links": [], "show_error": True}


def build(library: Library) -> gr.Blocks:
    """The page over a library; launch it with `launch_options()`."""
    actions = Actions(library)
    page = gr.Blocks(title="copassist", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML('<h1 class="ca-brand">copassist</h1>', apply_default_css=False, js_on_load=None)
        banner = _html("ca-top")
        panel = gr.HTML(js_on_load=PANEL_JS, apply_default_css=False, elem_id="ca-panel", min_height=0)
        with gr.Tabs():
            with gr.Tab("Ask", id="ask"):
                me = _ask_tab(actions, panel, page, library.picking)
            with gr.Tab("Sessions", id="sessions"):
                _sessions_tab(actions, panel, page, me)
            with gr.Tab("Leaders", id="leaders") as leaders:
                _leaders_tab(actions, leaders, me)
            with gr.Tab("Memory", id="memory") as memory:
                held = _html("ca-wide")
        panel.open_record(actions.open_record, [me], [panel], **OPEN)
        page.load(actions.banner, None, [banner], **QUIET)
        gr.on([page.load, memory.select, me.input], actions.memory, [me], [held], **QUIET)
    return page


QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
"""Every event: without Gradio's overlays, not an endpoint to call, several people at once."""
OPEN: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
"""As QUIET; of several clicks the last one counts."""


def _html(elem_class: str, value: str = "") -> gr.HTML:
    """Our own HTML, whose buttons ask Python through page.js."""
    return gr.HTML(value, js_on_load=PAGE_JS, apply_default_css=False, elem_classes=[elem_class])


def _ask_tab(actions: Actions, panel: gr.HTML, page: gr.Blocks, picking: bool) -> gr.Dropdown:
    """The conversation; returns the picker of who is asking, which every tab goes by."""
    with gr.Column(elem_classes=["ca-column"]):
        with gr.Row(elem_classes=["ca-asking"]):
            me = gr.Dropdown(
                [], label="I am", info=WHO, scale=1, min_width=260, elem_id="ca-me", visible=picking
            )
            private = gr.Checkbox(
                label="Private: leave no trace",
                info=actions.privacy(PRIVACY),
                scale=1,
                min_width=260,
                elem_id="ca-private",
            )
        transcript = _html("ca-main")
        with gr.Row(elem_classes=["ca-composer"]):
            question = gr.Textbox(
                label="Your question",
                show_label=False,
                placeholder="Ask the community’s memory…",
                lines=1,
                max_lines=6,
                max_length=20_000,
                submit_btn="Ask",
                elem_id="ca-question",
                html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
            )
            anew = gr.Button("New conversation", size="sm", variant="secondary", elem_id="ca-new", scale=0)
    turns = gr.State([])
    started = [transcript, turns, question, panel]
    asked = [transcript, turns, question]
    typed = question.submit(actions.ask, [question, turns, me, private], asked, **QUIET)
    clicked = transcript.example(actions.ask_example, [turns, me, private], asked, **QUIET)
    transcript.feedback(actions.feedback, [turns], [transcript, turns], **QUIET)
    transcript.open_record(actions.open_record, [me], [panel], **OPEN)
    gr.on([anew.click, me.input], actions.start_anew, None, started, cancels=[typed, clicked], **QUIET)
    page.load(actions.choices, None, [me], **QUIET)
    page.load(actions.start_anew, None, started, **QUIET)
    return me


def _sessions_tab(actions: Actions, panel: gr.HTML, page: gr.Blocks, me: gr.Dropdown) -> None:
    """Search over the records."""
    kinds = [("Everything", ""), *((KINDS_WORDS[kind], kind) for kind in KINDS)]
    formats = [("Any format", ""), *((FORMAT_WORDS[form], form) for form in FORMATS)]
    with gr.Column(elem_classes=["ca-column"]):
        with gr.Row(elem_classes=["ca-filters"]):
            query = gr.Textbox(
                label="About", placeholder="Topic, problem or tool", max_lines=1, max_length=500, scale=4
            )
            kind = gr.Dropdown(kinds, value="session", label="Kind", scale=2)
            form = gr.Dropdown(formats, value="", label="Format", scale=2)
        with gr.Row(elem_classes=["ca-filters"]):
            person = gr.Dropdown([], label="Person", allow_custom_value=True, scale=2)
            since = gr.Textbox(label="Since", placeholder="2024-11-05", max_lines=1, max_length=10)
            until = gr.Textbox(label="Until", placeholder="2025-06", max_lines=1, max_length=10)
            find = gr.Button("Search", variant="primary", size="md", min_width=120, elem_id="ca-find")
        results = _html("ca-main")
    inputs = [query, kind, form, since, until, person, me]
    gr.on([find.click, query.submit, since.submit, until.submit], actions.search, inputs, [results], **QUIET)
    gr.on([kind.input, form.input, person.input, me.input], actions.search, inputs, [results], **QUIET)
    results.open_record(actions.open_record, [me], [panel], **OPEN)
    page.load(actions.people, None, [person], **QUIET)
    page.load(actions.search, inputs, [results], **QUIET)


def _leaders_tab(actions: Actions, tab: gr.Tab, me: gr.Dropdown) -> None:
    """What people need that the memory doesn't have."""
    with gr.Column(elem_classes=["ca-column"]):
        gaps = _html("ca-main")
        gr.HTML("<h2>Questions over time</h2>", js_on_load=None, apply_default_css=False)
        plot = gr.BarPlot(
            x="Week",
            y="Questions",
            color="Status",
            color_map=actions.plot_colors(PLOT_COLORS),
            y_aggregate="sum",
            y_lim=[0, None],
            x_label_angle=-40,
            x_title="Week of",
            height=260,
            label="Questions each week by status",
            show_label=False,
            tooltip="all",
        )
        numbers = _html("ca-main")
    # Only then: a plot that is given values while its tab is closed shows the first of them.
    tab.select(actions.leaders, [me], [gaps, plot, numbers], **QUIET)
