"""Sheets for a learning platform: a package for each and for each version of SCORM, made of its page.

The page judges, and tells the platform how many answers are right (`in_page/platform.js`).  A manifest is as the standards
have it; the files of their schemas, which ADL's own tests want beside it, are not ours to hand out.
"""
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urldefrag, urljoin
from xml.etree import ElementTree as Xml
from zipfile import ZIP_DEFLATED, ZipFile

from bs4 import BeautifulSoup

from ..in_page import script
from ..languages import TABLE as LANGUAGES

FOLDER = "scorm"
MANIFEST = "imsmanifest.xml"
SHEETS = "coursework/*.html"
JUDGES = '"counts":true'
"""How a page shows that answers on it are counted."""
FIELDS = "_static/platform.js"
SPOKEN = re.compile(r"fields-(\w+)\.js")
"""The script of a page that judges, which has the name of its language."""
PAGE = """<!DOCTYPE html>
<html lang="en" data-content_root="../">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body data-theme="auto"><main class="content"></main></body>
</html>"""


@dataclass(frozen=True)
class Standard:
    """A version of SCORM, as a manifest names it.

    of_resource   the attribute that says what kind a resource is
    sequencing    whether platforms decide by themselves what is completed, unless they are told not to
    """

    name: str
    version: str
    namespaces: dict[str, str]
    of_resource: str
    sequencing: bool


STANDARDS = (
    Standard("1.2", "1.2", {"xmlns": "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
                            "xmlns:adlcp": "http://www.adlnet.org/xsd/adlcp_rootv1p2"}, "adlcp:scormtype", False),
    Standard("2004", "2004 4th Edition", {"xmlns": "http://www.imsglobal.org/xsd/imscp_v1p1",
                                          "xmlns:adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
                                          "xmlns:imsss": "http://www.imsglobal.org/xsd/imsss"}, "adlcp:scormType", True),
)


def add_packages(site: Path) -> list[Path]:
    """Write the packages into the folder `scorm` of a site that is built; returns their paths.

    A sheet gets packages where its page judges answers.
    """
    (site / FOLDER).mkdir(exist_ok=True)
    made = []
    for path in sorted(site.glob(SHEETS)):
        text = path.read_text(encoding="utf-8")
        if JUDGES not in text:
            continue
        name = path.relative_to(site).as_posix()
        title, files = contents(site, name, text)
        for standard in STANDARDS:
            target = site / FOLDER / f"{path.stem}-scorm-{standard.name}.zip"
            with ZipFile(target, "w", ZIP_DEFLATED) as package:
                package.writestr(MANIFEST, manifest(standard, path.stem, title, [name, *files]))
                for one, data in files.items():
                    package.writestr(one, data)
            made.append(target)
    return made


def contents(site: Path, name: str, text: str) -> tuple[str, dict[str, bytes]]:
    """The title of a page of the site, and the files that it is without the others: itself, and what it loads.

    name   of the page in the site
    text   its HTML; links to other pages become text
    """
    whole = BeautifulSoup(text, "html.parser")
    (language, *_) = SPOKEN.findall(text)
    title, page = _alone(whole)
    files = {FIELDS: script.fields([], LANGUAGES[language], "platform").encode()}
    for key, tags in {"src": ["script", "img"], "href": ["link"]}.items():
        for one in page.find_all(tags, {key: lambda address: address and not address.startswith("data:")}):
            one[key] = one[key].partition("?")[0]
            files |= _files(site, _place(name, one[key]), files)
    for link in page.find_all("a", href=True):
        place = _place(name, urldefrag(link["href"]).url)
        if link.has_attr("download"):
            files |= _files(site, place, files)
        elif place != name and ":" not in place:
            link.unwrap()
    return title, {name: str(page).encode(), **files}


def _alone(whole):
    """A page's title, and the page without what leads to others: its article, with styles, scripts and the notebook."""
    page, article = BeautifulSoup(PAGE, "html.parser"), whole.find("article")
    page.html.attrs |= {name: whole.html[name] for name in ("lang", "dir") if whole.html.has_attr(name)}
    title = whole.title.get_text().rpartition(" - ")[0]
    page.head.append(page.new_tag("title", string=title))
    page.head.extend(whole.head.find_all(["style", _loaded]))
    page.body.extend(whole.body.find_all(_loaded))
    page.main.append(article)
    page.find(src=lambda address: address and "fields-" in address)["src"] = f"../{FIELDS}"
    tools = article.find(class_="page-tools")
    download = tools.find("a", download=True).extract()
    tools.clear()
    tools.append(download)
    return title, page


def _loaded(tag):
    """Whether a page needs what a tag loads: its style sheets, MathJax, and what judges."""
    if tag.name == "link":
        return "stylesheet" in tag.get("rel", ())
    source = tag.get("src", "")
    return tag.name == "script" and (any(one in source for one in ("mathjax", "fields-", "site.js")) or "MathJax" in tag.text)


def _place(name, address):
    """Where in the site an address on a page leads."""
    return urljoin(f"/{name}", address).lstrip("/")


def _files(site, place, known):
    """A file of the site; with MathJax comes its folder."""
    folder = PurePosixPath(place).parent
    paths = [path for path in (site / folder).rglob("*") if path.is_file()] if folder.name == "mathjax" else [site / place]
    names = [path.relative_to(site).as_posix() for path in paths]
    return {one: (site / one).read_bytes() for one in names if one not in known}


def manifest(standard: Standard, name: str, title: str, files: list[str]) -> str:
    """The text of imsmanifest.xml.

    name    of the sheet
    files   all files of the package but the manifest; the first is the page
    """
    root = Xml.Element("manifest", {"identifier": f"bplib-{name}", "version": "1", **standard.namespaces})
    about = Xml.SubElement(root, "metadata")
    Xml.SubElement(about, "schema").text = "ADL SCORM"
    Xml.SubElement(about, "schemaversion").text = standard.version
    organizations = Xml.SubElement(root, "organizations", default="course")
    organization = Xml.SubElement(organizations, "organization", identifier="course")
    Xml.SubElement(organization, "title").text = title
    item = Xml.SubElement(organization, "item", identifier="sheet", identifierref="page")
    Xml.SubElement(item, "title").text = title
    if standard.sequencing:
        Xml.SubElement(Xml.SubElement(item, "imsss:sequencing"), "imsss:deliveryControls",
                       completionSetByContent="true", objectiveSetByContent="true")
    resources = Xml.SubElement(root, "resources")
    page = Xml.SubElement(resources, "resource", {"identifier": "page", "type": "webcontent", standard.of_resource: "sco",
                                                  "href": files[0]})
    for one in dict.fromkeys(files):
        Xml.SubElement(page, "file", href=one)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"
