"""Files of formats that need more than a line of text, made by hand in their true shape."""

from __future__ import annotations

import io
import zipfile

_WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(files: dict[str, str | bytes]) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str, core: str = "", entities: str = "") -> bytes:
    """A Word file as Google Docs and Word write it. List 1 has bullets; `core` is what it says of itself."""
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/></w:lvl>' for i in range(3)
    )
    numbering = f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>'
    numbering += '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    names = [("Title", "Title"), ("Heading1", "heading 1"), ("Heading2", "heading 2")]
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names
    )
    comment = f'<w:comment w:id="0" w:author="Zed">{p("An aside")}</w:comment>'
    parts = {"styles": styles, "numbering": numbering, "comments": comment}
    files: dict[str, str | bytes] = {
        f"word/{name}.xml": f"<w:{name} {_WORD}>{content}</w:{name}>" for name, content in parts.items()
    }
    files["word/document.xml"] = f"{entities}<w:document {_WORD}><w:body>{body}</w:body></w:document>"
    overrides = [("document", "document.main"), *((name, name) for name in parts)]
    files["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/word/{n}.xml" ContentType="{_TYPES}.{t}+xml"/>' for n, t in overrides
        )
        + "</Types>"
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{_RELATIONS}">'
        + "".join(f'<Relationship Id="r{n}" Type="{_OFFICE}/{n}" Target="{n}.xml"/>' for n in parts)
        + "</Relationships>"
    )
    if core:
        files["docProps/core.xml"] = f"<cp:coreProperties>{core}</cp:coreProperties>"
    return zipped(files)


def r(text: str, marks: str = "") -> str:
    """A run of text in a Word file; `marks` are its properties ("<w:strike/>")."""
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str, style: str = "", depth: int | None = None) -> str:
    """A paragraph of a Word file; `depth` makes it an item of list 1."""
    listed = "" if depth is None else f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>'
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    said = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p><w:pPr>{styled}{listed}</w:pPr>{said}</w:p>"


def odt(body: str, entities: str = "", meta: str = "") -> bytes:
    """An OpenDocument text; style "T1" strikes through."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in [("office", "office"), ("text", "text"), ("style", "style"), ("table", "table")]
    )
    struck = '<style:style style:name="T1" style:family="text">'
    struck += '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    content = f"<office:automatic-styles>{struck}</office:automatic-styles>"
    content += f"<office:body><office:text>{body}</office:text></office:body>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{entities}<office:document-content {names}>{content}</office:document-content>",
            "styles.xml": f"<office:document-styles {names}/>",
            "meta.xml": f"<office:document-meta><office:meta>{meta}</office:meta></office:document-meta>",
        }
    )


def pdf(
    *pages: list[str], info: str = "", outline: list[tuple[str, int]] | None = None, image: bool = False
) -> bytes:
    """A PDF with one line of text below the other on each page; the outline names pages from 0 on.

    With `image`, a page without lines has a black square on it, as a scan would.
    """
    numbers = [4 + 2 * i for i in range(len(pages))]
    kids = " ".join(f"{n} 0 R" for n in numbers)
    first = 4 + 2 * len(pages)
    entries = outline or []
    refers = f"/Outlines {first} 0 R" if entries else ""
    objects = [f"<</Type/Catalog/Pages 2 0 R{refers}>>", f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>"]
    objects += ["<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    for n, lines in zip(numbers, pages, strict=True):
        stream = "BT /F1 12 Tf 50 800 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        stream = "0 0 600 850 re f" if image and not lines else stream
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 850]/Contents {n + 1} 0 R"
        objects += [f"{page}/Resources<</Font<</F1 3 0 R>>>>>>"]
        objects += [f"<</Length {len(stream)}>>stream\n{stream}\nendstream"]
    if entries:
        objects += [
            f"<</Type/Outlines/First {first + 1} 0 R/Last {first + len(entries)} 0 R/Count {len(entries)}>>"
        ]
        for i, (title, page_at) in enumerate(entries, 1):
            after = f"/Next {first + i + 1} 0 R" if i < len(entries) else ""
            before = f"/Prev {first + i - 1} 0 R" if i > 1 else ""
            target = f"/Dest[{numbers[page_at]} 0 R/Fit]"
            objects += [f"<</Title({title})/Parent {first} 0 R{before}{after}{target}>>"]
    objects += [f"<<{info}>>"]
    body, offsets = b"%PDF-1.4\n", []
    for n, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{n} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    end += f"trailer<</Size {size}/Root 1 0 R/Info {size - 1} 0 R>>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF".encode()
