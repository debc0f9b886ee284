"""Which words of a mail its sender wrote, in the shapes that mail programs give it. Ana Costa writes; Bob is quoted."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mail.parts import body, taken_apart
from ingest.mail.text import own_words, unflowed, without_repeats

BOB = "Bob Reed <bob@example.org>"


def own(text: str) -> str:
    return own_words(text, "Ana Costa")


# Quotations

INTRODUCTIONS = {
    "gmail": f"On Tue, Mar 12, 2024 at 10:14 AM {BOB} wrote:",
    "gmail wrapped": "On Tue, Mar 12, 2024 at 10:14 AM Bob Reed via Guild <\nguild@lists.example.org> wrote:",
    "gmail in German": f"Am Di., 12. März 2024 um 10:14 Uhr schrieb {BOB}:",
    "gmail in French": f"Le mar. 12 mars 2024 à 10:14, {BOB} a écrit :",
    "gmail in Spanish": "El mar, 12 mar 2024 a las 10:14, Bob Reed (<bob@example.org>) escribió:",
    "gmail in Italian": f"Il giorno mar 12 mar 2024 alle ore 10:14 {BOB}\nha scritto:",
    "gmail in Dutch": f"Op di 12 mrt 2024 om 10:14 schreef {BOB}:",
    "gmail in Portuguese": f"Em ter., 12 de mar. de 2024 às 10:14, {BOB}\nescreveu:",
    "gmail in Swedish": f"Den tis 12 mars 2024 kl 10:14 skrev {BOB}:",
    "gmail in Danish": f"Den tir. 12. mar. 2024 kl. 10.14 skrev {BOB}:",
    "gmail in Norwegian": f"tir. 12. mar. 2024 kl. 10:14 skrev {BOB}:",
    "gmail in Finnish": "ti 12. maalisk. 2024 klo 10.14 Bob Reed (bob@example.org) kirjoitti:",
    "gmail in Russian": f"вт, 12 мар. 2024 г. в 10:14, {BOB}:",
    "gmail in Ukrainian": f"вт, 12 бер. 2024 р. о 10:14 {BOB} пише:",
    "gmail in Turkish": f"{BOB}, 12 Mar 2024 Sal, 10:14 tarihinde şunu yazdı:",
    "gmail in Hungarian": f"{BOB} ezt írta (időpont: 2024. márc. 12., K, 10:14):",
    "gmail in Czech": f"út 12. 3. 2024 v 10:14 odesílatel {BOB} napsal:",
    "gmail in Romanian": f"În mar., 12 mar. 2024 la 10:14, {BOB} a scris:",
    "gmail in Greek": f"Στις Τρί 12 Μαρ 2024 στις 10:14 π.μ., ο/η {BOB} έγραψε:",
    "gmail in Hebrew": f"\u202bבתאריך יום ג׳, 12 במרץ 2024 ב-10:14 מאת \u202a{BOB}\u202c:\u202c",
    "gmail in Chinese": f"{BOB} 于2024年3月12日周二 10:14写道：",
    "gmail in Japanese": f"2024年3月12日(火) 10:14 {BOB}:",
    "gmail in Korean": f"2024년 3월 12일 (화) 오전 10:14, {BOB}님이 작성:",
    "gmail of 2012": f"2012/3/12 {BOB}",
    "thunderbird": "On 12/03/2024 10:14, Bob Reed wrote:",
    "thunderbird in German": "Am 12.03.24 um 10:14 schrieb Bob Reed:",
    "thunderbird in Polish": "W dniu 12.03.2024 o 10:14, Bob Reed pisze:",
    "thunderbird in Czech": "Dne 12. 03. 24 v 10:14 Bob Reed napsal(a):",
    "thunderbird in Russian": "12.03.2024 10:14, Bob Reed пишет:",
    "apple mail": f"On 12 Mar 2024, at 10:14, {BOB} wrote:",
    "apple mail, quoted itself": f"> On 12 Mar 2024, at 10:14, {BOB} wrote:",
    "mutt": f"* {BOB} [2024-03-12 10:14]:",
    "gnus": f"{BOB} writes:",
    "pine": "On Tue, 12 Mar 2024, Bob Reed wrote:",
    "evolution": "On Tue, 2024-03-12 at 10:14 +0100, Bob Reed wrote:",
    "sylpheed": f"On Tue, 12 Mar 2024 10:14:33 +0100\n{BOB} wrote:",
    "eudora": "At 10:14 12/03/2024, Bob Reed wrote:",
    "horde": f"Zitat von {BOB}:",
    "notes": f"{BOB} wrote on 12.03.2024 10:14:33:",
    "notes wrapped": f"{BOB} wrote on\n12.03.2024 10:14:33:",
    "no date": "Bob Reed wrote:",
}


@pytest.mark.parametrize("introduction", INTRODUCTIONS.values(), ids=INTRODUCTIONS)
def test_an_introduction_and_the_quotation_below_it_are_not_the_senders(introduction: str) -> None:
    assert own(f"Embed them.\n\n{introduction}\n\n> Theirs.\n>> Theirs.\n") == "Embed them."
    assert own(f"{introduction}\n> Theirs.\n\nEmbed them.\n") == "Embed them."


@pytest.mark.parametrize(
    "introduction",
    [
        INTRODUCTIONS[name]
        for name in (
            "gmail",
            "gmail wrapped",
            "gmail in German",
            "gmail in Turkish",
            "thunderbird",
            "apple mail",
        )
    ],
)
def test_what_follows_an_introduction_without_quotation_marks_is_not_the_senders(introduction: str) -> None:
    assert own(f"Embed them.\n\n{introduction}\n\nTheirs.\n\nTheirs.\n") == "Embed them."


def test_an_introduction_directly_below_the_senders_words_leaves_them() -> None:
    text = "That works.\nOn Tue, Mar 12, 2024 at 10:14 AM Bob Reed\n<bob@example.org> wrote:\n> Theirs.\n"
    assert own(text) == "That works."


def test_replies_between_quoted_lines_stay_in_order_with_a_mark_for_each_gap() -> None:
    text = "Comments inline.\n\nOn Tue, 12 Mar 2024, Bob Reed wrote:\n> Which?\n\nVersion 3.\n>> Where?\nLinux.\n"
    assert own(text) == "Comments inline.\n\n[…]\n\nVersion 3.\n\n[…]\n\nLinux."


def test_quotations_of_several_people_are_dropped_each_with_its_introduction() -> None:
    text = (
        "On 12 Mar 2024, Bob Reed wrote:\n> On 11 Mar 2024, Cy Diaz wrote:\n>> Theirs.\n>\n> Theirs.\n\n"
        "I am with Cy.\n\nOn 13 Mar 2024, Dee Eck wrote:\n> Theirs.\n\nAnd with Dee.\n"
    )
    assert own(text) == "I am with Cy.\n\n[…]\n\nAnd with Dee."


def test_a_word_that_wrapping_left_between_quoted_lines_is_quoted() -> None:
    quoted = "> This is a rather long line of text that some clients wrap when they\nquote\n> it again.\n"
    assert own(f"{quoted}\nI see.\n") == "I see."


def test_a_short_answer_between_quoted_questions_is_the_senders() -> None:
    assert own("> Do you want this?\nyes\n> And that?\nno\n") == "yes\n\n[…]\n\nno"


def test_bars_and_initials_quote_too() -> None:
    assert own("Bob Reed wrote:\n| Theirs.\n| Theirs.\n\nNo.\n") == "No."
    assert own("BR> Theirs.\nBR> Theirs.\n\nNo.\n") == "No."


@pytest.mark.parametrize(
    "text",
    [
        "Try this:\n\n>>> import fonts\n>>> fonts.embed()\nTrue",
        "Run this:\n\nSQL> select 1;\nSQL> exit",
        "On the new page at 10:30:\n\n- fonts\n- colours",
        "From: the profile menu you can embed.\n\nTry it.",
        "On Monday I wrote a script.\nIt embeds fonts.",
        "This is what Bob wrote:\n\n- fonts\n- colours",
        "First part.\n\n---\n\nSecond part.",
        '<font embed="true"/>\n\nA => B is what I mean.',
        "2024-03-12 10:14:33 ERROR font missing\n2024-03-12 10:14:34 ERROR font missing",
    ],
)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert own(text + "\n") == text


# What is forwarded, and what Outlook puts below

BLOCKS = {
    "English": f"From: {BOB}\nSent: Tuesday, 12 March 2024 10:14\nTo: Ana Costa\nSubject: RE: Fonts",
    "bold": f"*From:* {BOB}\n*Sent:* Tuesday, 12 March 2024 10:14\n*To:* Ana Costa\n*Subject:* Re: Fonts",
    "German": f"Von: {BOB}\nGesendet: Dienstag, 12. März 2024 10:14\nAn: Ana Costa\nBetreff: AW: Schriften",
    "French": f"De : {BOB}\nEnvoyé : mardi 12 mars 2024 10:14\nÀ : Ana Costa\nObjet : RE: Polices",
    "Spanish": f"De: {BOB}\nEnviado el: martes, 12 de marzo de 2024\nPara: Ana Costa\nAsunto: RE: Fuentes",
    "Italian": f"Da: {BOB}\nInviato: martedì 12 marzo 2024 10:14\nA: Ana Costa\nOggetto: R: Fonts",
    "Dutch": f"Van: {BOB}\nVerzonden: dinsdag 12 maart 2024\nAan: Ana Costa\nOnderwerp: RE: Fonts",
    "Russian": f"От: {BOB}\nОтправлено: 12 марта 2024 г. 10:14\nКому: Ana Costa\nТема: Fonts",
    "Chinese": f"发件人: {BOB}\n发送时间: 2024年3月12日 10:14\n收件人: Ana Costa\n主题: 字体",
    "on behalf": "From: guild-bounces@lists.example.org On Behalf Of Bob Reed\nSent: 12 March 2024\nTo: guild",
    "long": f"From: {BOB}\nSent: 12 March 2024\nTo: Ana Costa <ana@example.org>; Cy Diaz;\n Dee\nSubject: Fonts",
    "notes": "Von:        Bob Reed/Org\nAn:        Ana Costa/Org\nDatum:        12.03.2024\nBetreff:        Fonts",
}
SEPARATORS = {
    "outlook": "-----Original Message-----",
    "outlook in German": "-----Ursprüngliche Nachricht-----",
    "a line": "________________________________",
    "gmail": "---------- Forwarded message ---------",
    "thunderbird": "-------- Weitergeleitete Nachricht --------",
    "apple mail": "Begin forwarded message:",
    "samsung": "-------- Original message --------",
    "mutt": "----- Forwarded message from Bob Reed <bob@example.org> -----",
    "unknown language": "--------- Mesaj retrimis ---------",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_all_below_the_head_of_anothers_mail_is_not_the_senders(block: str) -> None:
    assert own(f"Done.\n\n{block}\n\nTheirs.\n\nTheirs.\n") == "Done."


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=SEPARATORS)
def test_all_below_a_separator_is_not_the_senders(separator: str) -> None:
    assert own(f"Done.\n\n{separator}\n{BLOCKS['English']}\n\nTheirs.\n") == "Done."


def test_a_separator_that_says_who_and_when_needs_no_head_below() -> None:
    assert own(f"Done.\n\n---- On Tue, 12 Mar 2024 10:14:33 +0100 {BOB} wrote ---\n\nTheirs.\n") == "Done."


def test_below_a_head_whose_text_is_marked_as_quoted_the_sender_goes_on() -> None:
    text = f"-----Original Message-----\n{BLOCKS['English']}\n\n> Theirs.\n\nMine below.\n"
    assert own(text) == "Mine below."


def test_a_mail_of_nothing_but_anothers_words_has_none_of_its_own() -> None:
    assert own(f"---------- Forwarded message ---------\n{BLOCKS['English']}\n\nTheirs.\n") == ""
    assert own("On Tue, 12 Mar 2024, Bob Reed wrote:\n> Theirs.\n") == ""


# Signatures

ENDINGS = {
    "delimiter": "-- \nAna Costa\nData team",
    "delimiter without its space": "--\nAna Costa\nData team",
    "farewell": "Best regards,\nAna Costa\nHead of Data\n+49 30 1234567",
    "farewell, title, company": "Kind regards\n\nAna Costa\nEngineer, Platform\nExample Org | Lisbon\nwww.example.org",
    "farewell in German": "Mit freundlichen Grüßen\nAna Costa",
    "farewell in French": "Bien cordialement,\n\nAna Costa",
    "farewell in Swedish": "Mvh Ana",
    "farewell and name": "Cheers, Ana",
    "thanks": "Thanks,\nAna",
    "two farewells": "Thanks,\nBest regards,\nAna",
    "name": "Ana",
    "dash and name": "- Ana Costa",
    "initials": "AC",
    "full name and more": "Ana Costa\nData Platform | Example Org\nhttps://example.org",
    "telephone": "Sent from my iPhone",
    "telephone in German": "Von meinem iPhone gesendet",
    "outlook on a telephone": "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "proton": "Sent with Proton Mail secure email.",
    "scanner": "Virus-free.www.avast.com <https://www.avast.com/sig>",
    "image": "[cid:image001.png@01DA7456.0B0B0B0B]",
    "mailman": "_______________________________________________\nguild mailing list\nguild@lists.example.org",
    "google groups": "-- \nYou received this message because you are subscribed to the Google Groups.",
    "google groups without delimiter": "To view this discussion on the web visit https://groups.google.com/d/x.",
    "groups.io": "-=-=-=-=-=-=-\nGroups.io Links: You receive all messages.\nUnsubscribe: https://groups.io/x\n-=-=-=-=-",
    "apache": "---------------------------\nTo unsubscribe, e-mail: dev-unsubscribe@example.org",
    "pipermail": "-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <http://x/a.htm>",
    "confidential": "This e-mail is confidential and intended solely for the addressee. Else please delete it.",
    "confidential in German": "Diese E-Mail ist vertraulich und nur für den Empfänger bestimmt. Bitte löschen.",
    "signature, then list": "-- \nAna\n________________\nguild mailing list\nguild@lists.example.org",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_what_stands_below_the_senders_words_is_dropped(ending: str) -> None:
    said = "Embed them in the profile."
    assert own(f"{said}\n\n{ending}\n") == said
    assert own(f"{said}\n\n{ending}\n\nOn Tue, 12 Mar 2024, Bob Reed wrote:\n> Theirs.\n") == said


def test_a_footer_below_the_quotation_is_dropped() -> None:
    text = f"Embed them.\n\n{INTRODUCTIONS['pine']}\n> Theirs.\n\n{ENDINGS['mailman']}\n"
    assert own(text) == "Embed them."


@pytest.mark.parametrize("said", ["Thanks!", "+1", "Thank you very much", "👍", "Ana"])
def test_a_farewell_stays_where_it_is_all_that_is_said(said: str) -> None:
    assert own(f"{said}\n\n{INTRODUCTIONS['gmail']}\n> Theirs.\n") == said


@pytest.mark.parametrize(
    "text",
    [
        "Thanks,\n\nI will try it tomorrow and report back here",
        "How do I embed fonts?\n\nThanks in advance for any help!",
        "Thanks for the hint.\n\nThe second chart still fails.",
        "Bob asked.\n\nBest is to embed all of them.",
        "Two ways:\n\n- embed all\n- embed none",
        "Hi Bob,\n\nembed them.",
        "Is this e-mail confidential, and are we its intended recipients? I wonder.\n\nBob asked.",
        "Present were:\n\nAna\nBob\nCy",
        "Present were:\n\n- Bob\n- Ana Costa",
        "Whom to ask? As I said last time, please\nAna",
        "Embed them.\n\nBest,\nAna\n\nPS: The guide is attached.",
    ],
)
def test_words_that_only_look_like_a_farewell_stay(text: str) -> None:
    assert own(text + "\n") == text


def test_without_a_known_name_a_farewell_still_is_one() -> None:
    assert own_words("Embed them.\n\nBest regards,\nCy Diaz\n") == "Embed them."


def test_a_warning_of_the_mail_server_at_the_top_is_dropped() -> None:
    banner = "CAUTION: This email originated from outside of the organization. Do not click links."
    assert own(f"{banner}\n\nEmbed them.\n") == "Embed them."


def test_the_armour_of_a_signed_mail_is_dropped() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nEmbed them.\n\n- -- \nAna\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----\n"
    )
    assert own(text) == "Embed them."


# Lines


def test_lines_that_were_broken_to_fit_a_window_are_whole_again() -> None:
    text = (
        "The export profile has a switch that embeds every font that the document\n"
        "uses, and another that embeds only subsets of them.\n\nIt costs space.\n"
    )
    whole = (
        "The export profile has a switch that embeds every font that the document uses, and another that"
        " embeds only subsets of them.\n\nIt costs space."
    )
    assert own(text) == whole
    assert own_words(text, broken=False) == text.strip()


def test_lines_of_a_log_are_not_joined() -> None:
    log = "2024-03-12 10:14:33 ERROR font=missing; file=/tmp/a.pdf; code=17"
    assert own(f"It says:\n\n{log}\n{log}\n") == f"It says:\n\n{log}\n{log}"


def test_code_and_entries_of_lists_keep_their_lines() -> None:
    text = (
        "Use this and then run it again on your machine, please, as it is a bit old:\n\n"
        "    for font in fonts:\n        embed(font)\n\n"
        "- This entry of the list is so long that it had to be broken by the old\n  program\n- second"
    )
    assert own(text) == text.replace("old\n  program", "old program")


def test_soft_line_breaks_are_taken_out_inside_quotations_too() -> None:
    text = "One \nline.\n> Quoted \n> too.\n>> deep\nTwo.\n-- \nAna"
    assert unflowed(text) == "One line.\n> Quoted too.\n>> deep\nTwo.\n-- \nAna"
    assert unflowed("One \n-- \nAna") == "One \n-- \nAna"
    assert unflowed("一 \n二", delsp=True) == "一二"
    assert unflowed(" >stuffed") == ">stuffed"


# Repeated words


def test_lines_that_another_said_before_are_dropped_with_the_short_ones_beside_them() -> None:
    long = "You can embed fonts in the export profile, third tab."
    before = {"hi all": "bob", "you can embed fonts in the export profile third tab": "bob", "bye": "bob"}
    assert without_repeats(f"Works.\n\nHi all,\n\n{long}\n\nBye", before, "ana") == "Works."
    assert without_repeats(f"Hi all,\n\n{long}", before, "bob") == f"Hi all,\n\n{long}"
    assert without_repeats("Hi all,\n\nBye", before, "ana") == "Hi all,\n\nBye"


# HTML


def html_words(html: str) -> str:
    mail = taken_apart(b"Content-Type: text/html; charset=utf-8\n\n" + html.encode())
    text, broken = body(mail.parts)
    return own_words(text, "Ana Costa", broken)


HTML = {
    "gmail": (
        '<div dir="ltr">Embed them.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Mar 12,'
        ' 2024 at 10:14 AM Bob &lt;<a href="mailto:bob@example.org">bob@example.org</a>&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">Theirs.</blockquote></div>'
    ),
    "gmail, forwarded": (
        '<div dir="ltr">Embed them.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- '
        "Forwarded message ---------<br>From: <strong>Bob</strong><br>Date: Tue, Mar 12, 2024<br>Subject: Fonts<br>"
        "To: Ana<br></div><br>Theirs.</div></div>"
    ),
    "apple mail": (
        "<div>Embed them.</div><div><br><blockquote type='cite'><div>On 12 Mar 2024, Bob wrote:</div>"
        "<div>Theirs.</div></blockquote></div>"
    ),
    "thunderbird": (
        '<p>Embed them.</p><div class="moz-cite-prefix">Unbekannte Sprache, Bob:<br></div>'
        '<blockquote type="cite" cite="mid:1"><p>Theirs.</p></blockquote><div class="moz-signature">-- <br>Ana</div>'
    ),
    "outlook on the web": (
        '<div>Embed them.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>Lähettäjä:</b>'
        " Bob<br><b>???:</b> 12.3.2024</div><div>Theirs.</div>"
    ),
    "outlook": (
        '<p class="MsoNormal">Embed them.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt'
        ' 0cm 0cm 0cm"><p><b>???:</b> Bob</p></div></div><p class="MsoNormal">Theirs.</p>'
    ),
    "yahoo": '<div>Embed them.</div><div id="ydp1yahoo_quoted_2" class="yahoo_quoted"><div>Theirs.</div></div>',
    "signature": '<div>Embed them.</div><div class="gmail_signature"><div>The Data Lady</div></div>',
}


@pytest.mark.parametrize("html", HTML.values(), ids=HTML)
def test_what_a_mail_program_marks_in_html_as_quoted_is_not_the_senders(html: str) -> None:
    assert html_words(html) == "Embed them."


def test_answers_inside_of_gmails_quotation_are_the_senders() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, Mar 12, 2024 at 10:14 AM Bob &lt;bob@example.org&gt;'
        ' wrote:<br></div><blockquote class="gmail_quote">Which?</blockquote><div>Version 3.</div>'
        '<blockquote class="gmail_quote">Where?</blockquote><div>Linux.</div></div>'
    )
    assert html_words(html) == "Version 3.\n\n[…]\n\nLinux."


# Anything

_OWN = st.integers(0, 99).map(lambda n: f"My own words number {n} stay.")
_QUOTED = st.tuples(st.sampled_from(["> ", ">", ">> ", "> > ", "  > "]), st.integers(0, 99)).map(
    lambda found: f"{found[0]}Theirs number {found[1]}."
)


@given(
    st.lists(
        st.one_of(
            _OWN,
            _QUOTED,
            st.just(""),
            st.sampled_from(sorted(INTRODUCTIONS.values())).map(
                lambda introduction: f"{introduction}\n> Theirs."
            ),
        ),
        max_size=30,
    )
)
@settings(max_examples=150, deadline=None)
def test_own_lines_stay_in_order_and_quoted_ones_go(lines: list[str]) -> None:
    said = own("\n".join(lines))
    assert "Theirs" not in said and "Bob" not in said
    assert [line for line in said.split("\n") if line and line != "[…]"] == [
        s for s in lines if s[:2] == "My"
    ]


_SHAPES = [
    *INTRODUCTIONS.values(),
    *BLOCKS.values(),
    *SEPARATORS.values(),
    *ENDINGS.values(),
    "> x",
    ">>> x",
    "| x",
]


@given(
    st.lists(st.one_of(st.sampled_from(_SHAPES), st.text(max_size=40), st.just("")), max_size=20), st.text()
)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_words_that_can_be_stored(lines: list[str], name: str) -> None:
    said = own_words("\n".join(lines), name)
    assert "\0" not in said and said == said.strip("\n")


@pytest.mark.parametrize(
    "line",
    ["wrote:\n", "From: a\n", "--\n", "AB> x\n", "x" * 90 + ":\n", "Best regards,\nAna\n", "\n\n\nx wrote:", "> " * 9,
     "-----\n", "[cid:", "Sent from my a ", "many ", ">\n", "confidential e-mail intended\n\n", "1:11 ", "- "],
)  # fmt: skip
def test_hostile_text_takes_linear_time(line: str) -> None:
    start = time.perf_counter()
    own(line * (300_000 // len(line)))
    assert time.perf_counter() - start < 5
