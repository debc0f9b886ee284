"""What a label or heading of notes announces: a role ("Scribe:"), or a part of the session ("Advice")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from copassist.records import Format, Part, Role

Named = Role | Literal["", "host", "guest", "absent", "invited", "group"]
"""What a label says of the people behind it, before it is known what the meeting makes of a host or guest.

"group" is a part of those present ("Remote:"), and says so only below a heading or label of attendance; "" is
no role.
"""

# English, and the usual words of German, French and Spanish notes.
_ROLES: tuple[tuple[Named, str], ...] = (
    (
        "facilitator",
        r"(?:standing |today'?s |meeting |session |call |acting )?(?:co-?)?(?:facilitators?|moderators?|chairs?)|"
        r"facilitation|(?:facilitated|moderated|chaired|led|run) by|facilitating|moderating|chairing|"
        r"(?:vice|deputy)[- ]chairs?|chair(?:person|man|woman)|(?:session |meeting )?leads?|meeting leader|emcee|"
        r"moderation|moderator(?:in|:in)?|(?:sitzungs|gesprächs|diskussions|versammlungs)?leitung|vorsitz|"
        r"animat(?:eur|rice)s?|animation|président(?:e)? de séance|modérat(?:eur|rice)|facilitat(?:eur|rice)|"
        r"facilitador(?:a|es|as)?|moderador(?:a|es|as)?|modera|facilita|preside",
    ),
    ("host", r"(?:co-?)?hosts?|hosted by|(?:meeting |session )host"),
    ("guest", r"(?:special |our |invited )?guests|gäste|invitad[oa]s|invité(?:e)?s"),
    (
        "presenter",
        r"(?:special |our |invited |today's )?guest|gast|invitad[oa]|invitée?|"
        r"(?:co-?)?presenters?|present(?:ed|ing|ation) by|presenting|(?:guest |invited )?speakers?|"
        r"(?:demo|shown|talk|demoed) by|demo(?:ing)?|expert|panell?ists?|referent(?:in|:in|innen)?|vortragende(?:r)?|"
        r"vortrag(?: von)?|intervenant(?:e)?s?|présentat(?:eur|rice)s?|ponentes?|presentador(?:a)?",
    ),
    (
        "asker",
        r"(?:problem |case |challenge )?brought by|(?:problem|case|question)[ -](?:owner|giver|holder)s?|"
        r"(?:asked|raised|submitted) by|askers?|fall(?:geber|geberin|geber:in)",
    ),
    (
        "author",
        r"authors?|written by|(?:notes|minutes)(?: taken| recorded| prepared)?(?: by)|recorded by|recorder|"
        r"(?:\w+ ){0,2}(?:scribes?|secretary)|scribed by|scribing|minuted by|"
        r"(?:meeting |session |designated )?(?:notes?|minutes?)[ -]?(?:takers?|taking)|"
        r"protokoll(?:ant|antin|ant:in|führer|führerin|führer:in|führung)?|schriftführ(?:er|erin|er:in|ung)|mitschrift|"
        r"secrétaire(?: de séance)?|rédact(?:eur|rice)|prise de notes|compte[- ]rendu par|"
        r"secretari[oa]|toma de notas|acta por|redacta",
    ),
    (
        "absent",
        r"absent(?:s|ees?)?|absences?|apologies(?: for absence| received)?|regrets|excused|not (?:present|attending)|"
        r"missing|unable to attend|no[- ]shows?|declined|could ?n[o']t (?:attend|make it)|"
        r"entschuldigt|abwesend|(?:es )?fehlen|nicht anwesend|excusé(?:e)?s?|absent(?:e)?s|ausentes|excusas|disculpas",
    ),
    ("invited", r"invited|invitees|distribution(?: list)?|eingeladen|verteiler|invités|convocados"),
    (
        "attendee",
        r"(?:meeting |list of )?(?:attendees?(?: list)?|attendance(?: list)?|participants?(?: list)?)|"
        r"attending|attended(?: by)?|in attendance|part(?:ly|ially) (?:absent|present|attending)|"
        r"participating|people who attended|time ?keepers?|timekeeping|"
        r"(?:\w+ )?(?:members |people |others? |also |voting |everyone |who was |who is |who'?s )?present|"
        r"(?:also |others? )in attendance|who'?s here|who (?:was|is) here|who (?:was|is) there|who attended|"
        r"roll ?-?call|sign[ -]?in(?: sheet)?|"
        r"teilnehm(?:er|ende|er[:*_]?innen|er/-?innen|er\(innen\)|erinnen)|anwesen(?:d|de|heit)(?: sind)?|dabei|"
        r"participant(?:e)?s|présent(?:e)?s|présences?|étaient présents|"
        r"asistentes|asistencia|presentes|participantes",
    ),
    (
        "group",
        r"(?:team |voting |non-?voting |core |community |other |committee |board |wg )*members?|others?|observers?|"
        r"visitors?|remote(?:ly)?|on[- ]?line|virtual(?:ly)?|in[- ]person|on[- ]?site|in the room|on the call|"
        r"(?:by|on|via) (?:phone|zoom|teams|meet|video)|staff|maintainers|everyone|all|new ?comers?|new faces|"
        r"first[- ]timers?",
    ),
)  # fmt: skip
_ROLE_PATTERNS = tuple((role, re.compile(words, re.IGNORECASE)) for role, words in _ROLES)
_WEAK_LABEL = re.compile(
    r"(?:session |meeting )?leads?|run by|led by|leitung|demo(?:ing)?|expert|missing|speakers?|attending|present|"
    r"presenting|animation|dabei|modera|facilita|preside|declined|no[- ]shows?|vortrag|sign[ -]?in(?: sheet)?|"
    r"panell?ists?|moderation|facilitation|absences?|excused|authors?|written by|recorder|.*secretary|mitschrift|"
    r"rédact(?:eur|rice)|redacta|hosts?|co-?hosts?|guests|gäste",
    re.IGNORECASE,
)

_NUMBER = re.compile(r"^(?:#?\d{1,3}(?:\.\d{1,2})*[.):]?|[ivx]{1,4}[.)]|step \d+[:.]?)\s+", re.IGNORECASE)
_MARKS = re.compile(r"^[^\w(\[<]+|[\s:*_.!?–—-]+$")


@lru_cache(maxsize=4096)
def bare(label: str) -> str:
    """A label without number, emoji, colon and what stands in brackets: "2. Attendees (12):" gives "Attendees"."""
    text = _MARKS.sub("", label[:120])
    text = _MARKS.sub("", _NUMBER.sub("", text))
    return _MARKS.sub("", re.sub(r"\s*[(\[][^()\[\]]*[)\]]", "", text)).replace("’", "'")


@lru_cache(maxsize=4096)
def role_of(label: str) -> Named:
    """The role that a label or heading announces; "" when none. Of "Attendees & regrets" the first."""
    text = bare(label)
    for words in (text, *re.split(r"\s*(?:[,/&+]|\band\b)\s*", text)[:1]):
        for role, pattern in _ROLE_PATTERNS:
            if words and pattern.fullmatch(words):
                return role
    return ""


def is_weak(label: str) -> bool:
    """Whether a label that announces a role may mean another thing in the midst of a text ("Leads: 20")."""
    return role_of(label) in ("", "group", "invited") or _WEAK_LABEL.fullmatch(bare(label)) is not None


# Parts

_BEFORE = r"(?:the |our |my |key |main |final |initial |proposed |suggested |any |some |open |new |other )*"
_PARTS: tuple[tuple[Part, str], ...] = (
    (
        "problem",
        r"problems?(?: statement| description| brought)?|challenges?|case|issue brought|question brought|"
        r"(?:presenting|live) problem|pain points?|symptoms?|situation|"
        r"(?:what|things) (?:(?:i|we|they|you)(?:'ve| have)? )?(?:already )?tried(?: so far| before| already)?|"
        r"tried so far|"
        r"problemstellung|fragestellung|anliegen|problème|problématique|problemas?",
    ),
    (
        "advice",
        r"advice|suggestions?|recommendations?|ideas|tips|"
        r"(?:what (?:the group|people|we|others) (?:suggested|advised|recommended))|"
        r"rat|ratschläge|empfehlung(?:en)?|vorschläge|tipps|ideen|conseils|recommandations?|pistes|consejos?|"
        r"recomendacion(?:es)?|recomendación|sugerencias?",
    ),
    (
        "outcome",
        r"outcomes?|results?|solutions?|fix|what happened|what (?:\w+ )?(?:worked|helped|did)|"
        r"what (?:didn'?t|did not) (?:work|help)|"
        r"root causes?|resolutions?|conclusions?|takeaways?|take-aways?|learnings?|lessons(?: learned| learnt)?|"
        r"what we (?:learned|learnt|found)|follow-?up report|ergebnis(?:se)?|lösung(?:en)?|erkenntnisse|fazit|"
        r"résultats?|conclusion|resultados?|solución|conclusiones",
    ),
    (
        "next-step",
        r"next[ -]steps?|actions?(?: items?| points?| log| required| taken)?|to-?dos?|follow[ -]?ups?|tasks|"
        r"assignments|homework|nächste schritte|aufgaben|maßnahmen|offene punkte|prochaines étapes|à faire|"
        r"tâches|próximos pasos|acciones|tareas",
    ),
    (
        "decision",
        r"decisions?(?: made| taken| log)?|decided|agreed|agreements?|resolved|consensus|approved|"
        r"motions?(?: carried)?|"
        r"beschl(?:uss|üsse)|entscheidung(?:en)?|décisions?|decisiones|decisión|acuerdos?|resuelto",
    ),
)  # fmt: skip
_TAIL = (
    r"(?: (?:brought|given|received|from (?:the )?(?:group|circle|room|members|peers|community|others)|so far|agreed|"
    r"made|taken|section|list|for (?:the )?(?:next (?:time|meeting|session)|\w+)))?"
)
_PART_PATTERNS = tuple(
    (part, re.compile(rf"{_BEFORE}(?:{words}){_TAIL}", re.IGNORECASE)) for part, words in _PARTS
)
_FEEDBACK = re.compile(rf"{_BEFORE}(?:feedback|(?:review(?:er)?s?'? )?comments){_TAIL}", re.IGNORECASE)


@lru_cache(maxsize=8192)
def part_of(heading: str, kind: Format = "") -> Part:
    """The part of a session that a short heading or label announces, else "".

    "Problem 2: slow dashboards" and "Decision B: export" are, "Results of the survey in May" isn't. What a resolution
    is, and whose feedback is advice, hangs on the kind of session.
    """
    text = bare(heading)
    head = re.split(r"\s*(?:[:/&,–—]| - |\band\b|\bund\b|\bet\b|#)", text, maxsplit=1)[0].strip()
    head = re.sub(r"\s+(?:#?\d{1,2}|[A-Z])$", "", head)
    if not head or len(head) > 50:
        return ""
    if kind == "peer-review" and _FEEDBACK.fullmatch(head):
        return "advice"
    if kind == "meeting" and re.fullmatch(r"resolutions?", head, re.IGNORECASE):
        return "decision"
    return next((part for part, pattern in _PART_PATTERNS if pattern.fullmatch(head)), "")


def part_below(headings: Sequence[str], kind: Format = "") -> Part:
    """The part that the innermost of the headings that announces one announces."""
    return next((part for heading in reversed(headings) if (part := part_of(heading, kind))), "")
