"""Who speaks in notes: prefixes such as "josh:", and whose words nested items are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from copassist.records import Format, Identity, Part, Role
from ingest.pages.page import SHORT, Piece
from ingest.people import Roles, identity, names_people

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
class Turn:
    """Words of one voice in one piece. `said` tells that a prefix named the voice or its part."""

    text: str
    speaker: Identity | None = None
    part: Part = ""
    said: bool = False


def speakers_of(roles: Roles, lines: Iterable[str]) -> dict[str, Identity]:
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


def turns_of(text: str, speakers: dict[str, Identity]) -> list[Turn]:
    """A piece cut where another voice begins; the prefixes that name the voices are cut off."""
    turns: list[Turn] = []
    code = False
    for line in text.split("\n"):
        code ^= line.startswith(("```", "~~~"))
        turn = None if code else begins(line, speakers)
        if turn:
            turns.append(turn)
        elif turns:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{line}".strip("\n"))
        else:
            turns.append(Turn(line))
    return turns


def begins(line: str, speakers: dict[str, Identity]) -> Turn | None:
    """The turn that a line begins: "Ana: yes", "Q (Ana): why?", "A: because"."""
    if asked := _Q_AND_A.fullmatch(line):
        word = asked[1].lower()
        part: Part = "question" if word[0] == "q" else "advice" if word == "advice" else "answer"
        who = asked[2] and (speakers.get(asked[2].lstrip("@").lower()) or identity(asked[2]))
        if who or word != "advice":
            return Turn(asked[3], who or None, part, said=True)
    spoken = _SPOKEN.fullmatch(line)
    person = speakers.get(spoken[1].lstrip("@").lower()) if spoken else None
    return Turn(spoken[2], person, said=True) if spoken and person else None


# A list


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


def voiced(group: Sequence[Piece], speakers: dict[str, Identity], part: Part) -> list[Turn]:
    """The turns of a group, each with its speaker.

    A name before a next step is who does it, not who said it, so it stays in the text.
    """
    voices = _Voices()
    turns: list[Turn] = []
    for i, piece in enumerate(group):
        quiet = piece.code or piece.quoted or part == "next-step" or names_people(piece)
        own = [Turn(piece.text)] if quiet else turns_of(piece.text, speakers)
        inherited = voices.at(piece) if not piece.quoted else None
        if own[0].speaker is None and not own[0].said:
            own[0] = replace(own[0], speaker=inherited)
        if piece.opens:
            voices.open.append((piece.depth, _passes_on(own[-1], group[i + 1 :], piece.depth, speakers)))
        turns += own
    return [turn for turn in turns if turn.text.strip()]


def _passes_on(
    turn: Turn, below: Sequence[Piece], depth: int, speakers: dict[str, Identity]
) -> Identity | None:
    """Whose words nested items without a prefix are: the speaker's, unless others talk there or answer."""
    if turn.part == "question" or turn.text.rstrip().endswith("?"):
        return None
    for piece in below:
        if piece.depth < depth or (piece.depth == depth and piece.opens):
            break
        if any(said.said and said.speaker != turn.speaker for said in turns_of(piece.text, speakers)):
            return None
    return turn.speaker


def packed(turns: Sequence[Turn]) -> Iterator[Turn]:
    """Neighbouring turns of one voice as one, where together they are short."""
    run: list[Turn] = []
    for turn in turns:
        if run and (turn.said or turn.speaker != run[0].speaker):
            yield from _run(run)
            run = []
        run.append(turn)
    yield from _run(run)


def _run(run: list[Turn]) -> list[Turn]:
    if not run or sum(len(turn.text) + 1 for turn in run) > SHORT:
        return [replace(turn, part=run[0].part) for turn in run]
    return [replace(run[0], text="\n".join(turn.text.strip() for turn in run))]


def speaking_role(speaker: Identity | None, part: Part, kind: Format, roles: Roles) -> Role | None:
    if speaker is None:
        return None
    if part in ("advice", "answer"):
        return "answerer"
    if part == "question" or (part == "problem" and (speaker, "asker") in roles):
        return "asker"
    return "presenter" if kind in ("show-and-tell", "ama") and (speaker, "presenter") in roles else None
