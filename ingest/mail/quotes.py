"""Whose lines those of a mail are: its sender's, or somebody's whom the sender quotes or forwards.

The shapes are those that mail programs write, in the languages they are common in. In doubt a line is
another's: to lose a word is better than to put it under the wrong name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

LONGEST_LINE = 400
"""A longer line introduces nothing; it is only looked at for a quotation mark at its start."""

_QUOTED = re.compile(r"[ \t]{0,8}(?:\.{3})?[>＞]")
_INITIALS = re.compile(r" ?([A-Z]{2,4})> ")  # "BR> so The Bat! quotes"
_PROMPTS = {"SQL", "PS", "CMD", "IN", "OUT"}
_PYTHON = re.compile(r"[ \t]{0,8}>>>(?: |$)")
_BARS = ("|", ":", "}")

_VERBS = (
    r"wrote|writes|writes in|said|schrieb|schrieben|écrit|écrivait|escribió|escribio|escrito|escreveu|scritto"
    r"|scrive|schreef|geschreven|skrev|skriver|kirjoitti|napsala?|napsal\(a\)|napisała?|napisał\(a\)|pisze"
    r"|писала?|написала?|написал\(а\)|пишет|пише|написав|написала|yazdı|írta|scris|έγραψε|menulis|đã viết"
    r"|napisao|napísala?|写道|寫道|のメール|님이 작성|작성"
)
_VERB = re.compile(rf"(?<!\w)(?:{_VERBS})(?!\w)|写道|寫道|のメール|작성|님", re.IGNORECASE)
_VERB_LAST = re.compile(rf"(?:{_VERBS})\s?[:：]$", re.IGNORECASE)
_WHEN = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?<!\d)\d{1,2}[:.]\d\d(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)|\d{4}[年년]"
)
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_OPENS = re.compile(
    r"[*\"'(\[]{0,2}(?:On|Am|Le|El|Il|Op|Em|Den|Dne|Dňa|Dnia|W dniu|At|In message|In article|På|Vào|Pada|Στις|În"
    r"|Quoting|Zitat von|Citando|Citeren|Selon|Dana|Ngày|Em|No dia|Il giorno|Le|Vom)\b|在\s?\d|[(\[]?\d"
)
_WORD_OPENS = re.compile(r"[^\W\d_]")
_UNMARKED_REPLY = re.compile(r"\d{4}/\d\d?/\d\d? [^<>]{0,200}<[^<>]{0,200}@[^<>]{0,200}>")

_FROM = "From|Von|De|Da|Van|Från|Fra|Od|Odesílatel|От|От кого|Lähettäjä|Kimden|Gönderen|Feladó|Expéditeur|Remitente"
_DATE = (
    "Sent|Date|Gesendet|Datum|Envoyé|Envoyé le|Enviado|Enviado el|Enviada em|Fecha|Inviato|Data|Verzonden|Skickat"
    "|Sendt|Dato|Wysłano|Отправлено|Дата|Lähetetty|Päivämäärä|Gönderilme|Tarih|Elküldve|Dátum|Odesláno|Trimis"
    "|Надіслано|Ημερομηνία|发送时间|日期|送信日時|日付|보낸 날짜|날짜|寄件日期"
)
_TO = (
    "To|Cc|An|Kopie|À|A|Para|Per|Aan|Till|Til|Do|DW|Кому|Vastaanottaja|Kime|Címzett|Komu|Către|Προς|收件人|宛先"
    "|받는 사람|抄送"
)
_SUBJECT = (
    "Subject|Betreff|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Ämne|Emne|Temat|Тема|Aihe|Konu|Tárgy|Předmět"
    "|Subiect|Θέμα|主题|主旨|件名|제목"
)
_SENDER = re.compile(
    rf"\s*[*_]{{0,2}}(?:{_FROM}|Від|发件人|寄件者|差出人|보낸 사람)\s?[*_]{{0,2}}[:：]", re.IGNORECASE
)
_FIELDS = tuple(
    re.compile(rf"\s*[*_]{{0,2}}(?:{names})\s?[*_]{{0,2}}[:：]", re.IGNORECASE)
    for names in (_DATE, _TO, _SUBJECT)
)
_FIELD = re.compile(r"\s*[*_]{0,2}[^\s:：>][^:：>]{0,30}[:：]")
_SAYS_MESSAGE = (
    r"original(?:e[rn]?|t)? (?:message|appointment|e?-?mail|nachricht|bericht|meddelande|besked|melding|viesti)"
    r"|original message follows|forwarded (?:message|by [^-]{1,60}|mail)|(?:ursprüngliche|weitergeleitete) "
    r"(?:nachricht|mail|e-mail)|originalnachricht|message (?:d'origine|d’origine|original|transféré|initial)"
    r"|(?:mensaje|mensagem) (?:original|reenviado|encaminhada)|messaggio (?:originale|inoltrato)"
    r"|(?:oorspronkelijk|origineel|doorgestuurd) bericht|(?:ursprungligt|vidarebefordrat) meddelande"
    r"|(?:oprindelig|opprinnelig|videresendt) (?:meddelelse|melding|besked)|alkuperäinen viesti"
    r"|původní (?:zpráva|e-mail)|přeposlaná zpráva|(?:oryginalna )?wiadomość(?: oryginalna| przekazana)?"
    r"|исходное сообщение|пересылаемое сообщение|eredeti üzenet|(?:orijinal|özgün) (?:ileti|mesaj)"
    r"|原始邮件|转发邮件|转发的邮件|原始郵件|元のメッセージ|원본 (?:메시지|메일)"
)
_SEPARATOR = re.compile(rf"\s*[-_=*]{{2,}} ?(?:{_SAYS_MESSAGE})[^\n]{{0,60}}", re.IGNORECASE)
_TITLED_RULE = re.compile(r"\s*-{3,} ?[^\s-][^-]{2,60}-{3,}\s*")
_APPLE_FORWARD = re.compile(
    r"\s*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:réexpédié"
    r"|transféré)|inizio messaggio inoltrato|inicio del mensaje reenviado|início da mensagem re\w{1,12}"
    r"|begin doorgestuurd bericht|vidarebefordrat brev|videresendt (?:meddelelse|melding))\s?:?\s*",
    re.IGNORECASE,
)
EDGE = "-----Original Message-----"
"""A line that starts what another wrote, for those who know of such a place by other signs."""


def own_blocks(lines: list[str]) -> list[list[str]]:
    """The runs of lines that are the sender's own, in order; between each two something was quoted."""
    theirs = _quoted(lines)
    _add_wrapped_words(lines, theirs)
    _add_introductions(lines, theirs)
    blocks: list[list[str]] = [[]]
    for line, is_theirs in zip(lines, theirs, strict=True):
        if not is_theirs:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if any(line.strip() for line in block)]


def _quoted(lines: list[str]) -> list[bool]:
    """For each line whether a mark at its start says that it is quoted."""
    found = [_QUOTED.match(line) is not None for line in lines]
    if all(_PYTHON.match(line) for line, quoted in zip(lines, found, strict=True) if quoted):
        found = [False] * len(lines)  # a Python session; nobody quotes from three mails back alone
    initials = [m[1] if (m := _INITIALS.match(line)) and m[1] not in _PROMPTS else "" for line in lines]
    often = {name for name, n in Counter(initials).items() if name and n > 1}
    return [quoted or name in often for quoted, name in zip(found, initials, strict=True)]


def _add_wrapped_words(lines: list[str], theirs: list[bool]) -> None:
    """A word or two between long quoted lines, left without a mark by a program that wrapped them again."""
    for at in range(1, len(lines) - 1):
        above, line = lines[at - 1].rstrip(), lines[at].strip()
        if line and not theirs[at] and theirs[at - 1] and theirs[at + 1]:
            cut_off = len(above) >= 60 and above[-1] not in ".?!:;"
            theirs[at] = cut_off and len(line) <= 30


def _add_introductions(lines: list[str], theirs: list[bool]) -> None:
    """Lines that name whom the sender quotes or forwards, and what follows them without quotation marks."""
    at = 0
    while at < len(lines):
        if theirs[at] or not lines[at].strip() or len(lines[at]) > LONGEST_LINE:
            at += 1
            continue
        start, end = at, _end_of_header(lines, theirs, at)
        if end is None:
            found = _attribution(lines, theirs, at)
            if found is None:
                at += 1
                continue
            start, end = found, at + 1
        below = _next_said(lines, end)
        theirs[start:end] = [True] * (end - start)
        if below < len(lines) and not theirs[below]:
            theirs[start:] = [True] * (len(lines) - start)
        at = below


def _next_said(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


# From, Sent, To, Subject


def _end_of_header(lines: list[str], theirs: list[bool], at: int) -> int | None:
    """Where the head of another's mail that starts at `at` ends, None if none starts there."""
    line = lines[at].strip()
    dated = line.startswith("---") and line.endswith("---") and _WHEN.search(line) and _ADDRESS.search(line)
    named = dated or _SEPARATOR.fullmatch(line) or _APPLE_FORWARD.fullmatch(line)
    starts = _TITLED_RULE.fullmatch(line) or _SENDER.match(line)
    if not named and not (starts and _fields_below(lines, at + 1) >= 2):
        return None
    end = at + 1
    for below in range(at + 1, min(at + 24, len(lines))):
        if theirs[below] or (lines[below].strip() and not _is_field(lines[below])):
            break
        end = below + 1
    return end


def _fields_below(lines: list[str], at: int) -> int:
    """How many of date, receiver and subject stand in the next lines."""
    near = [line for line in lines[at : at + 8] if len(line) <= LONGEST_LINE]
    return sum(any(field.match(line) for line in near) for field in _FIELDS)


def _is_field(line: str) -> bool:
    return len(line) <= LONGEST_LINE and _FIELD.match(line) is not None


# On that day, somebody wrote:


def _attribution(lines: list[str], theirs: list[bool], at: int) -> int | None:
    """The first line of an introduction to a quotation that ends in line `at`, None if none ends there."""
    if not lines[at].rstrip().endswith((":", "：", ">")):
        return None
    below = _next_said(lines, at + 1)
    marked = below < len(lines) and (theirs[below] or _add_bars(lines, theirs, at, below))
    first: int | None = None
    for above in range(at, max(-1, at - 4), -1):
        if theirs[above] or not lines[above].strip():
            break
        whole = " ".join(line.strip() for line in lines[above : at + 1])
        if len(whole) > LONGEST_LINE:
            break
        if _introduces(whole, marked):
            opens = _OPENS.match(lines[above].strip())
            if (
                opens
                and _WORD_OPENS.match(lines[above].strip())
                and (above == at or _WHEN.search(lines[above]))
            ):
                return above
            first = above if first is None else first
    while first and at - first < 3 and not theirs[first - 1] and _belongs_above(lines[first - 1]):
        first -= 1
    return first


def _introduces(whole: str, marked: bool) -> bool:
    """Whether a line introduces another's words; `marked` when quoted lines follow it."""
    verb, when, who = _VERB.search(whole), _WHEN.search(whole), _ADDRESS.search(whole)
    opens = _OPENS.match(whole)
    if not whole.endswith((":", "：")):
        return marked and _UNMARKED_REPLY.fullmatch(whole) is not None
    if not marked:
        return bool(verb and when and (who or opens))
    short = len(whole) <= 60 and _VERB_LAST.search(whole)
    return bool((verb and (when or who)) or (when and (who or opens)) or (who and opens) or short)


def _belongs_above(line: str) -> bool:
    """Whether a line is the first half of an introduction that begins with a name."""
    return bool(line.strip()) and len(line) <= 120 and bool(_ADDRESS.search(line) or _VERB.search(line))


def _add_bars(lines: list[str], theirs: list[bool], at: int, below: int) -> bool:
    """Mark the lines from `below` on that are quoted by a bar, if line `at` introduces any."""
    bar = lines[below].lstrip()[:1]
    if bar not in _BARS or not _introduces(lines[at].strip(), marked=True):
        return False
    for line in _run(lines, below, bar):
        theirs[line] = True
    return True


def _run(lines: list[str], at: int, bar: str) -> Iterator[int]:
    while at < len(lines) and lines[at].lstrip().startswith(bar):
        yield at
        at += 1
