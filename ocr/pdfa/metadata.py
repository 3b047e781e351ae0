"""Metadata, output intent and outline of a PDF/A-2b file (ISO 19005-2 §6.2.3, §6.6)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from ocr.layers.model import PageCoding
from ocr.model import DocumentInfo
from ocr.pdfa.colour import NAME, srgb_profile

_TOOL = "Sohoa"
_SCHEMA = "urn:sohoa:digitised-copy:1"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:sohoa="{schema}" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
   <dc:creator><rdf:Seq><rdf:li>{creator}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <dc:source>urn:sha256:{source}</dc:source>
   <xmp:CreateDate>{date}</xmp:CreateDate>
   <xmp:ModifyDate>{date}</xmp:ModifyDate>
   <xmp:MetadataDate>{date}</xmp:MetadataDate>
   <xmp:CreatorTool>{tool}</xmp:CreatorTool>
   <pdf:Producer>{tool}</pdf:Producer>
   <sohoa:PageCoding><rdf:Seq>{codings}</rdf:Seq></sohoa:PageCoding>
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>Digitised copy</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{schema}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>sohoa</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
     <pdfaProperty:name>PageCoding</pdfaProperty:name>
     <pdfaProperty:valueType>Seq Text</pdfaProperty:valueType>
     <pdfaProperty:category>internal</pdfaProperty:category>
     <pdfaProperty:description>How each page image is coded, and its structural similarity to the scan</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def describe(pdf: pikepdf.Pdf, info: DocumentInfo, codings: Sequence[PageCoding]) -> None:
    """Write what a PDF/A-2b file must say about itself into the catalogue of `pdf`, and one outline entry for the paper."""
    xmp = pdf.make_stream(_xmp(info, codings).encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = xmp
    pdf.Root.Lang = String(info.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.OutputIntents = Array([_output_intent(pdf)])
    pdf.docinfo[Name.Title] = String(_plain(info.title))
    pdf.docinfo[Name.Subject] = String(_plain(info.subject))
    pdf.docinfo[Name.Author] = String(_plain(info.creator))
    pdf.docinfo[Name.Creator] = pdf.docinfo[Name.Producer] = String(_TOOL)
    pdf.docinfo[Name.CreationDate] = pdf.docinfo[Name.ModDate] = String(_pdf_date(info.created_at))
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(_plain(info.title) or _TOOL, 0))


def _output_intent(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.make_indirect(
        Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String(NAME),
            Info=String(NAME),
            RegistryName=String("http://www.color.org"),
            DestOutputProfile=pdf.make_stream(srgb_profile(), N=3),
        )
    )


def _xmp(info: DocumentInfo, codings: Sequence[PageCoding]) -> str:
    return _XMP.format(
        title=escape(_plain(info.title)),
        subject=escape(_plain(info.subject)),
        creator=escape(_plain(info.creator)),
        language=escape(info.language),
        source=escape(info.source_sha256),
        date=info.created_at.isoformat(timespec="seconds"),
        tool=_TOOL,
        schema=_SCHEMA,
        codings="".join(f"<rdf:li>{coding.said}</rdf:li>" for coding in codings),
    )


def _plain(text: str) -> str:
    """One line of NFC text without characters XML refuses."""
    kept = "".join(
        c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in {"Cc", "Cs", "Cn"} or c.isspace()
    )
    return " ".join(kept.split())


def _pdf_date(moment: datetime) -> str:
    offset = moment.strftime("%z") or "+0000"
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}"
