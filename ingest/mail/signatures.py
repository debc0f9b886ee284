"""What stands below what somebody says in a mail: signatures, farewells, footers of lists, legal notices."""

from __future__ import annotations

import re

LONGEST_SIGNATURE = 25
"""Lines after a "--" that are more than this are no signature."""

_RULE = re.compile(r"\s*(?:[-_=~*#+]\s?){5,}")
_EDGE_RULE = re.compile(r"\s*[-_=*~]{3,}\s*")
_OF_LIST = re.compile(
    r"unsubscri|mailing[ -]list|listinfo|subscribed to|abbestell|désinscri|désabonn|suscripción|iscrizion|uitschrij"
    r"|groups\.io|-leave@|list archive|subscription",
    re.IGNORECASE,
)
_LIST_LINE = re.compile(
    r"\W{0,3}(?:to (?:un)?subscribe|you(?:'re| are)? (?:received|receiving) this (?:message|e-?mail)? ?because"
    r"|to post to this (?:list|group)|to stop receiving|for more options, visit|to view this discussion on"
    r"|visit this group at|for additional commands|list archives?:|unsubscribe:|manage your subscription)",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"confidential|privileged|vertraulich|confidenti[ae]l|confidencial|riservat|vertrouwelijk", re.I
)
_MAIL = re.compile(
    r"e-?mail|message|transmission|communication|nachricht|courriel|mensa[jg]em?|messaggio|bericht", re.I
)
_MEANT = re.compile(
    r"intended|recipient|addressee|empfänger|bestimmt|destinatair|destinad|destinat|bestemd|geadresseerde",
    re.I,
)
_PRINTING = re.compile(
    r"(?:please )?(?:consider|think about|think of) the environment before|(?:this|diese) e-?mail (?:has been|wurde) "
    r"(?:checked|scanned|von|auf)|virus-?free\b|scanned by ",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"\W{0,3}(?:caution|external|warning|achtung|attention|this (?:e-?mail|message)|\[?ext)\b", re.IGNORECASE
)
_OUTSIDE = re.compile(
    r"(?:originated|came|comes|sent|is|stammt|kommt) (?:from )?(?:an? )?(?:outside|external)"
    r"|external (?:e-?mail|sender)|von außerhalb|externen? absender",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?:sent (?:from|via|with|using) (?:my |the |a )?[\w .'’-]{2,40}(?:secure e-?mail|app|\W{0,2}[\w ]{0,20})?"
    r"|get outlook for \w{2,20}|(?:von meinem|gesendet von(?: meinem)?|gesendet mit) [\w .'’-]{2,40}"
    r"|envoyé (?:de|depuis|avec) [\w .'’-]{2,40}|envoyé à partir d\W?[\w .'’-]{2,40}|enviado (?:desde|do|a partir do) "
    r"[\w .'’-]{2,40}|inviato (?:da|dal) [\w .'’-]{2,40}|(?:verstuurd|verzonden) vanaf [\w .'’-]{2,40}"
    r"|skickat från [\w .'’-]{2,40}|sendt fra [\w .'’-]{2,40}|lähetetty [\w .'’-]{2,40}|wysłano z [\w .'’-]{2,40}"
    r"|отправлено (?:с|из) [\w .'’-]{2,40}|download outlook für \w{2,20}|télécharger outlook pour \w{2,20})\W{0,2}"
    r"(?:\s?[<(]https?://[^\s<>]{1,200}[>)])?",
    re.IGNORECASE,
)
_NO_DEVICE = re.compile(
    r"(?:sent|gesendet|envoyé|enviado|inviato) \w+ (?:a|an|the|der|die|das|le|la|el|il) ", re.I
)
_IMAGE = re.compile(r"\[(?:cid:|image:|inline image)[^\[\]]{0,300}\]|<image\d+\.\w{3,4}>", re.IGNORECASE)

_FAREWELLS = (
    r"(?:with |many |my |all )?(?:best|kind|kindest|warm|warmest|cordial|sincere|friendly|good)?(?: (?:and|&) \w{3,8})?"
    r" ?(?:regards|wishes|greetings|rgds)|all the best|best|cheers|take care|sincerely(?: yours)?|respectfully"
    r"|yours(?: (?:truly|sincerely|faithfully))?|thanks|thx|ta|thank you|many thanks|thanks (?:a lot|again|so much"
    r"|and regards|in advance|very much)|thank you (?:very|so) much|br|kr|hth|(?:mit )?(?:freundlichen?|besten?"
    r"|vielen?|lieben?|herzlichen?|schönen?)(?: \w{3,12})? (?:grüßen?|gruß|grüssen?|gruss|dank)|grüße|gruß|lg|mfg|vg"
    r"|danke|(?:bien |très )?(?:cordialement|sincèrement|amicalement)|bien à (?:vous|toi)|merci(?: d'avance)?"
    r"|salutations(?: distinguées)?|saludos(?: cordiales)?|un (?:cordial )?saludo|atentamente|gracias|atenciosamente"
    r"|cumprimentos|abraços?|abs|obrigad[oa]|(?:cordiali |distinti )?saluti|grazie|ciao|met (?:vriendelijke|hartelijke)"
    r" groet(?:en)?|(?:hartelijke )?groet(?:en|jes)?|mvg|bedankt"
    r"|(?:med )?(?:vänliga?|bästa|venlig|vennlig|mange|hjertelig) (?:hälsning(?:ar)?|hilsen(?:er)?|tak|takk)"
    r"|mvh|hilsen|tack|(?:ystävällisin )?terveisin|kiitos|pozdrawiam"
    r"|z poważaniem|s pozdravem|dziękuję|с уважением"
    r"|спасибо|saygılarımla|teşekkürler|üdvözlettel|此致|谢谢|祝好"
    r"|よろしくお願いします"
)
_FAREWELL = re.compile(rf"\W{{0,3}}(?:{_FAREWELLS})\s?[,.!;…-]{{0,3}}", re.IGNORECASE)
_FAREWELL_AND_NAME = re.compile(rf"\W{{0,3}}(?:{_FAREWELLS})\s?(?:([,.!-]{{1,2}})\s*|\s)(.{{1,40}})", re.I)
_PARTICLES = set("von van de da der den del della di du la le el bin al y".split())
_POSTSCRIPT = re.compile(r"p\.? ?s\.?\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def without_signature(lines: list[str], name: str) -> list[str]:
    """What of `lines` somebody of this name says; `name` is "" when it isn't known.

    A farewell stays where it is all that is said ("Thanks!").
    """
    kept = [text for line in lines if (text := _IMAGE.sub("", line).rstrip()) or not line.strip()]
    kept = _without_banner(kept)
    for _ in range(3):  # what stands below a signature comes off before it does
        before = len(kept)
        kept = _trimmed(_without_notice(_without_footer(_until_delimiter(kept))))
        kept = _without_farewell(_without_device(kept), name)
        if len(kept) == before:
            break
    return _trimmed(kept)


def _said(lines: list[str]) -> list[int]:
    return [at for at, line in enumerate(lines) if line.strip()]


def _trimmed(lines: list[str]) -> list[str]:
    """Without empty lines and rules at either end."""
    start, end = 0, len(lines)
    while end > start and (not lines[end - 1].strip() or _EDGE_RULE.fullmatch(lines[end - 1])):
        end -= 1
    while start < end and (not lines[start].strip() or _EDGE_RULE.fullmatch(lines[start])):
        start += 1
    return lines[start:end]


def _until_delimiter(lines: list[str]) -> list[str]:
    for at in _said(lines)[-LONGEST_SIGNATURE - 1 :]:
        if lines[at].strip() == "--":
            return lines[:at]
    return lines


def _without_footer(lines: list[str]) -> list[str]:
    """Without what a mailing list adds."""
    said = _said(lines)
    for position in range(max(0, len(said) - 20), len(said)):
        at = said[position]
        below = [lines[i] for i in said[position + 1 : position + 7]]
        if _RULE.fullmatch(lines[at][:200]) and any(_OF_LIST.search(line[:300]) for line in below):
            return lines[:at]
        if len(said) - position <= 8 and _LIST_LINE.match(lines[at]):
            return lines[:at]
    return lines


def _without_notice(lines: list[str]) -> list[str]:
    """Without the last paragraphs from one on that says whom the mail is meant for, and similar."""
    for start, end in _paragraphs(lines)[-6:]:
        text = " ".join(lines[start:end])[:3000]
        legal = _SECRET.search(text) and _MAIL.search(text) and _MEANT.search(text) and len(text) > 60
        if start > 0 and (legal or _PRINTING.match(text.lstrip("P* "))):
            return lines[:start]
    return lines


def _without_banner(lines: list[str]) -> list[str]:
    """Without the paragraph in which a mail server warns of senders from outside."""
    paragraphs = _paragraphs(lines)
    if len(paragraphs) > 1:
        start, end = paragraphs[0]
        text = " ".join(lines[start:end])
        if len(text) < 600 and _BANNER.match(text) and _OUTSIDE.search(text):
            return lines[end:]
    return lines


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start: int | None = None
    for at, line in enumerate([*lines, ""]):
        if line.strip():
            start = at if start is None else start
        elif start is not None:
            found.append((start, at))
            start = None
    return found


def _without_device(lines: list[str]) -> list[str]:
    """Without "Sent from my iPhone" near the end."""
    last = set(_said(lines)[-6:])
    return [line for at, line in enumerate(lines) if not (at in last and _names_device(line.strip()))]


def _names_device(line: str) -> bool:
    return len(line) <= 120 and not _NO_DEVICE.match(line) and _DEVICE.fullmatch(line) is not None


def _without_farewell(lines: list[str], name: str) -> list[str]:
    """Without the farewell at the end, and the name, title and numbers below it."""
    said = _said(lines)
    for position in range(max(1, len(said) - 9), len(said)):
        at = said[position]
        line, rest = lines[at].strip(), [lines[i].strip() for i in said[position + 1 :]]
        if len(line) > 80 or any(_is_sentence(below) for below in rest):
            continue
        above = lines[said[position - 1]].strip()
        signed = not rest or _is_name(rest[0], name) or _FAREWELL.fullmatch(rest[0][:80]) is not None
        together = _FAREWELL_AND_NAME.fullmatch(line)
        named = together and (is_name_of(together[2], name) or (together[1] and _is_name(together[2], name)))
        if (_FAREWELL.fullmatch(line) and signed) or named:
            return lines[:at]
        if is_name_of(line, name) and _ends_with_name(line, above, rest, blank=not lines[at - 1].strip()):
            return lines[:at]
    return lines


def _ends_with_name(line: str, above: str, rest: list[str], blank: bool) -> bool:
    """Whether a line that is the sender's name signs what stands above it, and is no entry of a list of names."""
    if rest:
        return blank and len(line.split()) > 1
    entry = line[0] in "-*•" and above[0] in "-*•"
    return not entry and (blank or line[0] in "-–—~" or above[-1] in ".!?)…:;,")


def _is_sentence(line: str) -> bool:
    """Whether a line says something, as no line of a signature does."""
    if _POSTSCRIPT.match(line):
        return True
    words = _WORD.findall(line[:300])
    lower = sum(word[0].islower() for word in words)
    return len(line) > 100 or (len(words) >= 5 and (line[-1] in ".?!" or lower > len(words) / 2 + 1))


def is_name_of(line: str, name: str) -> bool:
    """Whether a line is nothing but somebody's name, a part of it or its initials."""
    words = [word.casefold() for word in _WORD.findall(line[:80])]
    known = [word.casefold() for word in _WORD.findall(name)]
    initials = "".join(word[0] for word in known)
    if not words or not known or len(line) > 60 or line[-1] in "?!:":
        return False
    return set(words) <= set(known) or (len(initials) > 1 and "".join(words) == initials)


def _is_name(line: str, name: str) -> bool:
    """Whether a line below a farewell can be a name: some words, each with a capital."""
    words = _WORD.findall(line[:80])
    capital = all(word[0].isupper() or word in _PARTICLES for word in words)
    return is_name_of(line, name) or (
        0 < len(words) <= 5 and capital and line[-1] not in "?!:" and len(line) <= 60
    )
