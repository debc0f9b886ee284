"""Notes and captions of a community's meetings, as sessions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath

import webvtt

from copassist.records import Format, Identity, Part, Read, Record, Rejected, Role, Segment, Skipped, named
from ingest.pages.dates import find_date, readable
from ingest.pages.markdown import parse
from ingest.pages.page import SHORT, Page, Piece
from ingest.pages.text import cuts, decode, split

CAPTIONS = (".vtt", ".srt")

Roles = tuple[tuple[Identity, Role], ...]


def captions(path: Path, locator: str) -> Iterator[Read]:
    """Yield the session that the captions in `path` tell of, or why there is none.

    Raises OSError if `path` cannot be opened.
    """
    try:
        text = decode(path.read_bytes())
    except ValueError as error:
        yield Rejected(locator, str(error))
        return
    yield _captions(text, path, locator)


def sessions(page: Page, path: Path, locator: str) -> Iterator[Read]:
    """Yield each session that the notes on a page tell of, or why there is none."""
    yield _note(page, path, locator)


def is_session(page: Page, path: Path, locator: str) -> bool:
    """Whether a page holds notes of a meeting; if not, it is a document (guide, policy, index)."""
    if _format_named(page.front.get("format")) or any(
        _role_of(key) for key in _FRONT_SIGNS & set(page.front)
    ):
        return True
    if re.match(
        r"(_?index|readme|faq|summary|contributing|template|changelog|agenda)$", path.stem, re.IGNORECASE
    ):
        return False
    if any(role in ("attendee", "facilitator") for _, role in people(page)):
        return True
    title = _title(page, path)
    if _SESSION_TITLE.match(title):
        return True
    dated = find_date(path.stem) or find_date(title)
    folders = "/".join(PurePosixPath(locator).parts[:-1])
    return bool(dated and (_MEETING_FOLDER.search(folders) or _MEETING_WORD.search(f"{title} {path.stem}")))


_FRONT_SIGNS = {"attendees", "participants", "present", "facilitator", "facilitators", "presenter", "chair"}
_SESSION_TITLE = re.compile(
    r"(?!how|guide|about|template|running|what)(?:[\w -]{0,20} )?"
    r"(?:clinic|show\s?(?:and|&|n)\s?tell|peer[ -]review(?: circle)?|ama|ask me anything)\s*(?:[:#–—(\d]|- )",
    re.IGNORECASE,
)
_MEETING_FOLDER = re.compile(
    r"(?:^|[/_ -])(?:minutes|meetings?|sessions?|notes|clinics?|agendas?)(?:$|[/_ -])", re.IGNORECASE
)
_MEETING_WORD = re.compile(
    r"\b(?:meeting|minutes|sync|stand-?up|retro(?:spective)?|clinic|session|agenda|call|show (?:and|&) tell|"
    r"ama|peer review)\b",
    re.IGNORECASE,
)


def _note(page: Page, path: Path, locator: str) -> Read:
    title = _title(page, path)
    roles = people(page)
    kind = _format(page, title, path)
    roles = _settle_hosts(roles, kind)
    segments = tuple(_segments(page, kind, roles))
    if segments:
        segments = (*_front_people(page), *segments)
    else:
        return Skipped(locator, "page without text")
    return Record(locator, "session", title, segments, _date(page, title, path), kind, _plain(roles))


def _front_people(page: Page) -> Iterator[Segment]:
    """The lines of the front matter that say who ran the meeting or was there, as they would stand in the text."""
    for key, value in page.front.items():
        label = key.replace("_", " ")
        if _role_of(label) not in ("", "absent"):
            entries = [_front_name(entry) for entry in (value if isinstance(value, list) else [value])[:200]]
            if text := ", ".join(entry for entry in entries if entry):
                yield Segment(f"{label[:1].upper()}{label[1:]}: {text}", part="people")


# What the note says about the meeting


def _title(page: Page, path: Path) -> str:
    front = page.front.get("title")
    title = str(front).strip() if isinstance(front, str | date) else ""
    title = title or page.title or readable(path)
    found = find_date(title)
    if found and not re.search(r"[^\W\d]", title):
        name = readable(Path(*path.parts[:-1], f"{found}.md"))
        return name if name != str(found) else title
    return title


def _date(page: Page, title: str, path: Path) -> date | None:
    for key in ("date", "meeting date", "when", "held"):
        value = page.front.get(key)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, str) and (found := find_date(value)):
            return found
    for text in (title, page.title, path.stem):
        if found := find_date(text):
            return found
    for line in (line for piece in page.pieces[:30] for line in piece.text.split("\n")):
        if re.match(r"(?:[a-z]+ )?(?:date|when|held(?: on)?|time)\s*:", line, re.IGNORECASE) and (
            found := find_date(line)
        ):
            return found
    return None


_FORMATS: tuple[tuple[Format, re.Pattern[str]], ...] = (
    ("clinic", re.compile(r"\bclinics?\b|problem[ -]solving", re.IGNORECASE)),
    (
        "show-and-tell",
        re.compile(r"\bshow[ _-]?(?:and|&|n|'n')?[ _-]?tell\b|\bdemo (?:day|session)\b", re.IGNORECASE),
    ),
    ("peer-review", re.compile(r"\bpeer[ _-]?reviews?\b", re.IGNORECASE)),
    ("ama", re.compile(r"\bama\b|\bask[ _-]me[ _-]anything\b|\bask[ _-]the[ _-]expert", re.IGNORECASE)),
)


def _format_named(text: object) -> Format:
    if not isinstance(text, str):
        return ""
    for name, pattern in _FORMATS:
        if pattern.search(text.replace("_", " ")):
            return name
    return "meeting" if re.search(r"\bmeeting\b", text, re.IGNORECASE) else ""


def _format(page: Page, title: str, path: Path) -> Format:
    for text in (page.front.get("format"), page.front.get("type"), title, page.title, path.stem):
        if found := _format_named(text):
            return found
    parts = {_part_of(heading) for heading in page.headings}
    return "clinic" if "problem" in parts and parts & {"advice", "outcome"} else "meeting"


_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("problem", re.compile(r"(?:the )?(?:problems?|challenge|case|question brought)\b", re.IGNORECASE)),
    ("advice", re.compile(r"(?:the )?(?:advice|suggestions?|recommendations?|ideas)\b", re.IGNORECASE)),
    (
        "outcome",
        re.compile(r"(?:the )?(?:outcomes?|results?|resolutions?|what happened|solution)\b", re.IGNORECASE),
    ),
    (
        "next-step",
        re.compile(r"(?:next[ -]steps?|action(?: item)?s?|to-?dos?|follow[ -]?ups?)\b", re.IGNORECASE),
    ),
    ("decision", re.compile(r"(?:decisions?|decided|agreed)\b", re.IGNORECASE)),
)


def _part_of(heading: str) -> Part:
    """The part that a heading announces; only a short one does, "Results of the survey in May" doesn't."""
    if len(heading.split()) > 4:
        return ""
    return next((part for part, pattern in _PARTS if pattern.match(heading)), "")


def _part_below(headings: Sequence[str]) -> Part:
    for heading in reversed(headings):
        if part := _part_of(heading):
            return part
    return ""


# Who was there

_ROLE_LABELS: tuple[tuple[Role | str, str], ...] = (
    ("facilitator", r"(?:co-?)?facilitators?|facilitat(?:ed|ion)(?: by)?|moderat(?:ors?|ed by)"),
    (
        "facilitator",
        r"(?:meeting )?chairs?|chair(?:ed)? by|chairperson|(?:session |meeting )?leads?|(?:led|run) by",
    ),
    ("host", r"hosts?|hosted by"),
    ("presenter", r"presenters?|present(?:ed|ing)(?: by)?|speakers?|guests?|demo by|shown by|talk by|expert"),
    (
        "asker",
        r"(?:problem |case )?brought by|(?:problem|case)[ -](?:owner|giver)s?|asked by|askers?|raised by",
    ),
    ("author", r"authors?|written by|(?:notes|minutes)(?: taken)? by|recorder|(?:\w+ ){0,2}scribes?"),
    ("author", r"(?:meeting )?(?:notes?|minutes?)[ -]?takers?"),
    ("absent", r"absent|absentees?|apologies|regrets|excused|not present|missing"),
    ("attendee", r"attend(?:ees?|ance|ing|ed(?: by)?)|in attendance|participants?|participating"),
    ("attendee", r"(?:members |people )?present"),
)
_ROLES = tuple((role, re.compile(rf"(?:{words})", re.IGNORECASE)) for role, words in _ROLE_LABELS)
_LABELLED = re.compile(r"([A-Za-z][\w ()/&'-]{1,38}?)\s*:\s*(.*)")
_ANYWHERE = ("asker", "presenter", "host")


def _role_of(label: str) -> str:
    """The role that a label or heading announces, "absent" and "host" too; "" when none."""
    bare = re.sub(r"\s*\([^)]*\)\s*$", "", label).strip(" :*_")
    return next((role for role, pattern in _ROLES if pattern.fullmatch(bare)), "")


def people(page: Page) -> tuple[tuple[Identity, str], ...]:
    """Who the note names in which role, in its order; "host" still stands for itself."""
    found: list[tuple[Identity, str]] = []
    for key, value in page.front.items():
        if role := _role_of(key.replace("_", " ")):
            values = value if isinstance(value, list) else [value]
            for entry in values[:200]:
                found += names(_front_name(entry), role)
    open_role, open_at = "", (-1, 0)
    for i, piece in enumerate(page.pieces):
        if piece.code or piece.quoted:
            continue
        listed = _role_of(piece.headings[-1]) if piece.headings else ""
        if open_role and (piece.block - open_at[0] in (0, 1)) and piece.depth > open_at[1]:
            found += names(piece.text, open_role)
            continue
        open_role = ""
        for line in piece.text.split("\n"):
            role, rest = _labelled_role(line, listed, early=i < 8 and len(piece.headings) < 2)
            if role and rest:
                found += names(rest, role)
            elif role:
                open_role, open_at = role, (piece.block, piece.depth)
    return tuple(dict.fromkeys(pair for pair in found if pair[1] != "absent"))


def _labelled_role(line: str, listed: str, early: bool) -> tuple[str, str]:
    """The role that a line gives and to whom: below "Attendees" each line gives one."""
    labelled = _LABELLED.fullmatch(line)
    role = _role_of(labelled[1]) if labelled else ""
    if labelled and role and (listed or early or role in _ANYWHERE):
        return role, labelled[2]
    if labelled and re.match(r"https?$", labelled[1]):
        return "", ""
    if labelled and listed:
        return listed, labelled[2] or " "
    return (listed, line) if listed else ("", "")


def _front_name(entry: object) -> str:
    if isinstance(entry, dict):
        entry = entry.get("name") or entry.get("handle")
    return str(entry) if isinstance(entry, str | int) else ""


def names(text: str, role: str) -> list[tuple[Identity, str]]:
    """The people in "Ana Diaz, @bo (facilitator) and Cy" with their role, without those struck through."""
    text = re.sub(r"~~.*?~~", "", text.replace("\n", ","))
    found = []
    for part in re.split(r"\s*(?:[,;|/•·]|\band\b|&)\s*(?![^(<]{0,60}[)>])", text[:4000]):
        note = re.search(r"\(([^()]*)\)", part)
        own = _role_of(note[1]) if note else ""
        if person := identity(part):
            found.append((person, own or role))
    return found


_PARTICLES = {"van", "von", "de", "der", "den", "la", "le", "da", "di", "del", "bin", "al", "el", "y", "dos"}
_NOBODY = {
    "none", "all", "everyone", "everybody", "nobody", "tbd", "see", "team", "others", "various", "unknown",
    "etc", "na", "n/a", "us", "me", "we", "you", "they", "the", "todo", "yes", "no", "quorum", "lots", "many",
    "here",
}  # fmt: skip


def identity(text: str) -> Identity | None:
    """The person that "Ana Diaz", "@ana", "Ana Diaz (@ana)" or "Ana <ana@x.org>" names; None when no name."""
    email = re.search(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", text)
    text = text.replace(email[0], "") if email else text
    handle = re.search(r"(?<!\w)@([\w-]{1,39})(?![\w ]*[A-Z])", text)
    bare = re.sub(r"\([^()]*\)|<[^<>]*>|[*`\[\]]", " ", text).strip()
    bare = re.split(r"\s+[-–—]\s+", bare)[0]
    bare = " ".join(bare.strip(" .@_:-").split())
    words = bare.split()
    if not re.fullmatch(r"[^\W\d_][\w.'’ -]{0,39}", bare) or len(words) > 4 or words[0].lower() in _NOBODY:
        return None
    if len(words) > 1 and not all(word[0].isupper() or word.lower() in _PARTICLES for word in words):
        return None
    nick = handle[1] if handle else ""
    return Identity("name", bare, bare, handle=nick, email=email[0] if email else "")


def _settle_hosts(roles: Sequence[tuple[Identity, str]], kind: Format) -> tuple[tuple[Identity, str], ...]:
    """A host facilitates; in an "ask me anything" or show & tell without another presenter, presents."""
    presents = kind in ("ama", "show-and-tell") and not any(role == "presenter" for _, role in roles)
    host = "presenter" if presents else "facilitator"
    return tuple((person, host if role == "host" else role) for person, role in roles)


def _plain(roles: Sequence[tuple[Identity, str]]) -> Roles:
    return tuple((person, role) for person, role in roles)  # type: ignore[misc]


# Who speaks

_SPOKEN = re.compile(
    r"(@?[^\W\d_][\w.'’-]{0,30}(?: [\w.'’-]{1,20}){0,2})(?: \([^()]{1,30}\))?\s?:(?:\s+|$)(.*)"
)
_Q_AND_A = re.compile(
    r"(q|a|question|answer|advice)\d{0,2}(?:\s*\(([^()]{2,40})\))?\s*[:.]\s+(.+)", re.IGNORECASE | re.DOTALL
)
_FULL_NAME = re.compile(
    r"[A-Z][\w'’-]+(?: (?:[A-Z]\.|[A-Z][\w'’-]+|van|von|de|der|la|da|di|del|bin|al)){1,2}"
)
# Words that begin a line before a colon and name nobody.
_WORDS = frozenset(
    """
    a about action actions adjourn advantage advantages advice again ai aim also alternative alternatives
    analogy and announcement announcements another answer api approach assigned assignee attendees author
    background backport because benefit benefits beta bonus bug but by cargo case cause caveat cc chair chairs
    challenge change changes ci clarification close closed comment comments con concern concerns conclusion
    cons consensus consequence consider context cost counter current data date deadline decided decision
    decisions default definition demo description design desired details disadvantage disadvantages discuss
    discussion docs document done downside edit effect email error etc eventually example examples except
    expected experience facilitator fact faq fcp feature feedback finally finding first fix follow followup
    for from future fyi goal goals good group guest hence host how however i idea ideas idk if iiuc imo impact
    implies important in info instead interested interesting is issue issues it item items key label labels
    last later lead leads liaison library link links list location main maintainers maybe mcp meaning
    meanwhile meeting members mentor merge message meta mitigation motivation name nb new next nightly no none
    nota note note-taker notes now observation only open opinion option options or original other others
    otherwise outcome output overall owner part participants people perf plan planned planning point points
    policy possible possibly postpone pr pre-requisites prerequisites present presenter priority pro problem
    procedure process progress project proposal proposed pros purpose q question questions queue quote quoting
    range rationale re reaction reason reasons recap recommendation recommended recording reference references
    related release relevant reminder repo repositories required requirement resolution resolve resolved
    response result results revision rfc right risk risks room rule rustc rustdoc rustdoc-search same scenario
    schedule scribe second section see seen separately session similarly since so solution someone sometimes
    source sources stable stage state status step steps stream suggestion suggestions summary support tag tags
    task tasks team team-members teams term test that the then there therefore these thing things this thought
    thoughts time title tl;dr tldr to today todo tomorrow topic topics tracking triage type types unresolved
    until up update updates upgrade upside url version video vote voting waiting warning we wg what when where
    which who why will with work workaround working worry yes yesterday you zulip
    """.split()
)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Words of one voice in one piece. `said` tells that a prefix named the voice or its part."""

    text: str
    speaker: Identity | None = None
    part: Part = ""
    said: bool = False


def _speakers(roles: Roles, lines: Iterable[str]) -> dict[str, Identity]:
    """Whom each prefix such as "josh:" stands for, by its lower-case name without "@"."""
    lines = list(lines)
    known = _known(roles)
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    plain: Counter[str] = Counter()
    for line in lines:
        spoken = _SPOKEN.fullmatch(line)
        if spoken and not re.search(r"#\d+\)?$", spoken[2]):  # "rustdoc: fix the lints #1234" is a title
            key = spoken[1].lstrip("@").lower()
            counts[key] += 1
            spelled.setdefault(key, spoken[1])
        plain.update(re.findall(r"[^\W\d_][\w'’-]*", spoken[2] if spoken else line))
    found: dict[str, Identity] = {}
    for key, name in spelled.items():
        if person := known.get(key) or _looks_like_a_name(name, counts[key], plain, roles):
            found[key] = person
    return known | found


def _known(roles: Roles) -> dict[str, Identity]:
    """The people of a note by name and handle, and by first name where only one of them has it."""
    known: dict[str, Identity] = {}
    first: dict[str, set[Identity]] = {}
    for person, _ in roles:
        for key in (person.name, person.handle, person.key):
            if key:
                known.setdefault(key.lower(), person)
        first.setdefault(person.name.split()[0].lower(), set()).add(known[person.name.lower()])
    alone = {key: next(iter(who)) for key, who in first.items() if len(who) == 1}
    return {**alone, **known}


def _looks_like_a_name(name: str, count: int, plain: Counter[str], roles: Roles) -> Identity | None:
    """Somebody the note doesn't list: a capitalised full name, or a nickname that speaks again and again."""
    bare = name.lstrip("@")
    words = bare.lower().split()
    if any(word.strip(".") in _WORDS for word in words):
        return None
    handle = bare if name.startswith("@") else ""
    person = Identity("name", bare, bare, handle=handle)
    if len(words) > 1:
        # A term such as "Safe Transmute" is written in lower case too; of a name some word never is.
        lower = (all if count > 1 else any)(plain[word] for word in words)
        return person if _FULL_NAME.fullmatch(bare) and not lower else None
    if any(who.key.lower().startswith(words[0]) for who, _ in roles) and len(bare) > 2:
        return person
    if "_" in bare or "." in bare or re.search(r".{4}(?:ness|[ts]ion|ment|sis|ites|[a-z][A-Z]\w*)$", bare):
        return None
    ordinary = plain[bare.lower()] if not bare.isupper() else plain[bare]
    enough = 3 if len(bare) <= 2 or bare.isupper() else 2
    return person if count >= enough and count > ordinary else None


def _turns(text: str, speakers: dict[str, Identity]) -> list[_Turn]:
    """A piece cut where another voice begins; the prefixes that name the voices are cut off."""
    turns: list[_Turn] = []
    code = False
    for line in text.split("\n"):
        code ^= line.startswith(("```", "~~~"))
        turn = None if code else _begins(line, speakers)
        if turn:
            turns.append(turn)
        elif turns:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{line}".strip("\n"))
        else:
            turns.append(_Turn(line))
    return turns


def _begins(line: str, speakers: dict[str, Identity]) -> _Turn | None:
    """The turn that a line begins: "Ana: yes", "Q (Ana): why?", "A: because"."""
    if asked := _Q_AND_A.fullmatch(line):
        word = asked[1].lower()
        part: Part = "question" if word[0] == "q" else "advice" if word == "advice" else "answer"
        who = asked[2] and (speakers.get(asked[2].lstrip("@").lower()) or identity(asked[2]))
        if who or word != "advice":
            return _Turn(asked[3], who or None, part, said=True)
    spoken = _SPOKEN.fullmatch(line)
    person = speakers.get(spoken[1].lstrip("@").lower()) if spoken else None
    return _Turn(spoken[2], person, said=True) if spoken and person else None


# Segments


@dataclass(slots=True)
class _Voices:
    """Who speaks in a list, from the outer item to the inner one: (depth, speaker) of each."""

    open: list[tuple[int, Identity | None]] = field(default_factory=list)

    def at(self, piece: Piece) -> Identity | None:
        """Whose words a piece without a prefix is: those of the item it belongs to or is nested in."""
        while self.open and (
            self.open[-1][0] > piece.depth or (piece.opens and self.open[-1][0] == piece.depth)
        ):
            self.open.pop()
        return self.open[-1][1] if self.open else None


def _segments(page: Page, kind: Format, roles: Sequence[tuple[Identity, str]]) -> Iterator[Segment]:
    known = _plain(roles)
    lines = [
        line
        for piece in page.pieces
        if not (piece.code or piece.quoted or _names_people(piece))
        for line in piece.text.split("\n")
    ]
    speakers = _speakers(known, lines)
    for group in _groups(page.pieces):
        if len(group) == 1 and group[0].text.endswith(":") and _label(group[0]):
            continue
        headings = group[0].headings
        part = _part_below(headings)
        turns = _voiced(group, speakers, part)
        for turn in _packed(turns):
            own: Part = "people" if _tells_people(turn, group[0]) else turn.part or part
            role = _speaking_role(turn.speaker, own, kind, known)
            section = " > ".join(headings)
            for text in split(turn.text):
                yield Segment(text, turn.speaker, role, section=section, part=own)


def _tells_people(turn: _Turn, piece: Piece) -> bool:
    """Whether a turn is lines like "Facilitator: Ana Diaz", or stands below such a heading."""
    labels = [labelled[1] for line in turn.text.split("\n") if (labelled := _LABELLED.fullmatch(line))]
    return _names_people(piece) or (turn.speaker is None and any(_role_of(label) for label in labels))


def _names_people(piece: Piece) -> bool:
    return bool(piece.headings and _role_of(piece.headings[-1]))


def _groups(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that may stand in one segment: a top-level list item with all in it, a list of attendees.

    A paragraph that is only the name of a part or role ("**Advice**", "Attendees:") becomes a
    heading of what follows; an item with an empty role ("Note-taker:") says nothing.
    """
    group: list[Piece] = []
    label: tuple[tuple[str, ...], str] | None = None
    for piece in pieces:
        if piece.depth == 0 and (name := _label(piece)):
            label = (piece.headings, name)
            continue
        if label and label[0] == piece.headings:
            piece = replace(piece, headings=(*piece.headings, label[1]))
        new_item = piece.depth == 0 or (piece.depth == 1 and piece.opens and not _names_people(piece))
        if group and (new_item or piece.block != group[0].block):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _label(piece: Piece) -> str:
    """The part or role that a piece names and nothing else; "" when it says more."""
    bare = piece.text.strip().rstrip(": ")
    if piece.code or "\n" in bare or ":" in bare or len(bare) > 30:
        return ""
    return bare if (_part_of(bare) and len(bare.split()) < 3) or _role_of(bare) else ""


def _voiced(group: Sequence[Piece], speakers: dict[str, Identity], part: Part) -> list[_Turn]:
    """The turns of a group, each with its speaker.

    A name before a next step is who does it, not who said it, so it stays in the text.
    """
    voices = _Voices()
    turns: list[_Turn] = []
    for i, piece in enumerate(group):
        quiet = piece.code or piece.quoted or part == "next-step" or _names_people(piece)
        own = [_Turn(piece.text)] if quiet else _turns(piece.text, speakers)
        inherited = voices.at(piece) if not piece.quoted else None
        if own[0].speaker is None and not own[0].said:
            own[0] = replace(own[0], speaker=inherited)
        if piece.opens:
            voices.open.append((piece.depth, _passes_on(own[-1], group[i + 1 :], piece.depth, speakers)))
        turns += own
    return [turn for turn in turns if turn.text.strip()]


def _passes_on(
    turn: _Turn, below: Sequence[Piece], depth: int, speakers: dict[str, Identity]
) -> Identity | None:
    """Whose words nested items without a prefix are: the speaker's, unless others talk there or answer."""
    if turn.part == "question" or turn.text.rstrip().endswith("?"):
        return None
    for piece in below:
        if piece.depth < depth or (piece.depth == depth and piece.opens):
            break
        if any(said.said and said.speaker != turn.speaker for said in _turns(piece.text, speakers)):
            return None
    return turn.speaker


def _packed(turns: Sequence[_Turn]) -> Iterator[_Turn]:
    """Neighbouring turns of one voice as one, where together they are short."""
    run: list[_Turn] = []
    for turn in turns:
        if run and (turn.said or turn.speaker != run[0].speaker):
            yield from _run(run)
            run = []
        run.append(turn)
    yield from _run(run)


def _run(run: list[_Turn]) -> list[_Turn]:
    if not run or sum(len(turn.text) + 1 for turn in run) > SHORT:
        return [replace(turn, part=run[0].part) for turn in run]
    return [replace(run[0], text="\n".join(turn.text.strip() for turn in run))]


def _speaking_role(speaker: Identity | None, part: Part, kind: Format, roles: Roles) -> Role | None:
    if speaker is None:
        return None
    if part in ("advice", "answer"):
        return "answerer"
    if part == "question" or (part == "problem" and (speaker, "asker") in roles):
        return "asker"
    return "presenter" if kind in ("show-and-tell", "ama") and (speaker, "presenter") in roles else None


# Captions

_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^>\n]{1,80})>")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: str
    text: str
    voice: str = ""


def _captions(text: str, path: Path, locator: str) -> Read:
    """The session of a caption file; each segment is a turn, or a part of a long one, with its time."""
    try:
        if path.suffix.lower() == ".srt":
            captions = webvtt.from_buffer(iter(text.split("\n")), format="srt")
        else:
            captions = webvtt.from_string(text)
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        return Rejected(locator, f"not a caption file: {str(error) or 'it has no WEBVTT header or no times'}")
    cues = [cue for caption in captions.captions for cue in _cues(caption)]
    if not cues:
        return Rejected(locator, "no captions in it")
    notes = "\n".join(str(note) for note in captions.header_comments)
    page = parse(notes) if notes else Page()
    stated = re.search(r"^title\s*:\s*(.+)$", notes, re.IGNORECASE | re.MULTILINE)
    title = stated[1].strip() if stated else page.title or readable(path)
    kind = _format(page, title, path)
    roles = _plain(_settle_hosts(people(page), kind))
    segments = tuple(_spoken_segments(_with_voices(cues, roles), kind, roles))
    return Record(locator, "session", title, segments, _date(page, title, path), kind, roles)


def _cues(caption: webvtt.Caption) -> Iterator[_Cue]:
    """The words of one cue, voice by voice."""
    parts = _VOICE.split(caption.raw_text)
    start = caption.start.split(".")[0]
    for voice, words in zip(["", *parts[1::2]], parts[::2], strict=True):
        bare = re.sub(r"</?(?:[biuvc]|ruby|rt|lang|font|\d)[^<>]{0,80}>", "", words)
        for line in (" ".join(line.split()) for line in bare.split("\n")):
            if line:
                yield _Cue(start, line, voice.strip())


def _with_voices(cues: Sequence[_Cue], roles: Roles) -> Iterator[tuple[_Cue, Identity | None, bool]]:
    """Each cue with its speaker, and whether the cue names one: "Ana: yes" stands for what follows too."""
    speakers = _speakers(roles, (cue.text for cue in cues if not cue.voice))
    current: Identity | None = None
    for cue in cues:
        turn = None if cue.voice else _begins(cue.text, speakers)
        if cue.voice:
            current = speakers.get(cue.voice.lower()) or named(cue.voice)
            yield cue, current, True
        elif turn and turn.speaker:
            current = turn.speaker
            yield replace(cue, text=turn.text), current, True
        else:
            yield cue, current, False


def _spoken_segments(
    cues: Iterable[tuple[_Cue, Identity | None, bool]], kind: Format, roles: Roles
) -> Iterator[Segment]:
    turn: list[_Cue] = []
    speaker: Identity | None = None
    for cue, who, _ in cues:
        if turn and who != speaker:
            yield from _turn_segments(turn, speaker, kind, roles)
            turn = []
        speaker = who
        turn.append(cue)
    yield from _turn_segments(turn, speaker, kind, roles)


def _turn_segments(
    turn: Sequence[_Cue], speaker: Identity | None, kind: Format, roles: Roles
) -> Iterator[Segment]:
    """One turn, cut at the end of a sentence where it is long; `location` is when each part begins."""
    text, starts = "", []
    for cue in turn:
        starts.append((len(text) + bool(text), cue.start))
        text += (" " if text else "") + cue.text
    role = _speaking_role(speaker, "", kind, roles)
    for start, end in cuts(text, SHORT):
        location = next(time for offset, time in reversed(starts) if offset <= start)
        yield Segment(text[start:end], speaker, role, location=location)
