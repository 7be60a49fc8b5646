"""A record element becomes ST.97 values, dealt out to documents of element groups."""

from __future__ import annotations

import time

import msgspec
import pytest
from lxml import etree

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.domain.record import Operation
from ipshare.parse import canonical
from ipshare.render import st96, st97

SPACES = (
    'xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common" '
    'xmlns:tmk="http://www.wipo.int/standards/XMLSchema/ST96/Trademark" '
    'xmlns:dgn="http://www.wipo.int/standards/XMLSchema/ST96/Design" '
    'xmlns:pat="http://www.wipo.int/standards/XMLSchema/ST96/Patent" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xx="urn:xx"'
)
NUMBER = "<com:ApplicationNumber><com:ApplicationNumberText>KH/1/24</com:ApplicationNumberText></com:ApplicationNumber>"


def read(xml, right=Right.TRADEMARK, find=None):
    root = etree.fromstring(
        xml.replace(">", f" {SPACES}>", 1)
        if "/>" not in xml[: xml.index(">") + 1]
        else xml.replace("/>", f" {SPACES}/>", 1)
    )
    element = root.find(find) if find else root
    return canonical.convert(element, right=right, office="KH", file="a.xml", line=7, source=b"s")


def mark(inside, attributes=""):
    return read(f"<tmk:Trademark{attributes}>{inside}</tmk:Trademark>")


def document(record, group):
    return msgspec.json.decode(record.documents[ElementGroup(group)])


def test_values_follow_st97():
    record = mark(
        f"<com:RegistrationOfficeCode>KH</com:RegistrationOfficeCode>{NUMBER}"
        "<com:ApplicationDate> 2024-01-31 </com:ApplicationDate><tmk:MarkCategory>Trademark</tmk:MarkCategory>"
        "<com:ExpiryDate/>"
    )
    assert document(record, "identity") == {
        "registrationOfficeCode": "KH",
        "applicationNumber": [{"applicationNumberText": "KH/1/24"}],
        "applicationDate": " 2024-01-31 ",
        "markCategory": ["Trademark"],
        "expiryDate": "",
        "~": {
            "#order": {
                "#0": "registrationOfficeCode",
                "#1": "applicationNumber",
                "#2": "applicationDate",
                "#3": "markCategory",
                "#4": "expiryDate",
            }
        },
    }
    assert (record.number, record.office, record.file, record.line, record.source) == (
        "KH/1/24",
        "KH",
        "a.xml",
        7,
        b"s",
    )


def test_order_is_kept_only_where_it_is_not_that_of_the_schema():
    assert "~" not in document(
        mark(f"{NUMBER}<com:ApplicationDate>2024</com:ApplicationDate>"), "identity"
    )
    assert "~" in document(
        mark(f"<com:ApplicationDate>2024</com:ApplicationDate>{NUMBER}"), "identity"
    )


def test_attributes_and_text():
    record = mark(
        "<tmk:GoodsServicesBag><tmk:GoodsServices><tmk:ClassDescriptionBag><tmk:ClassDescription>"
        "<tmk:ClassNumber>3</tmk:ClassNumber><tmk:GoodsServicesDescriptionText com:languageCode='km'>ក"
        "</tmk:GoodsServicesDescriptionText><tmk:GoodsServicesDescriptionText>soap</tmk:GoodsServicesDescriptionText>"
        "</tmk:ClassDescription></tmk:ClassDescriptionBag></tmk:GoodsServices></tmk:GoodsServicesBag>"
    )
    described = record.tree["goodsServicesBag"]["goodsServices"][0]["classDescriptionBag"][
        "classDescription"
    ][0]
    assert described["goodsServicesDescriptionText"] == [{"@languageCode": "km", "$": "ក"}, "soap"]


def test_names_in_priorities_go_to_the_stakeholders():
    record = mark(
        "<tmk:PriorityBag><tmk:Priority><com:PriorityCountryCode>FR</com:PriorityCountryCode></tmk:Priority>"
        "<tmk:Priority><com:PriorityCountryCode>JP</com:PriorityCountryCode>"
        "<com:PriorityHolderName>Tanaka</com:PriorityHolderName></tmk:Priority></tmk:PriorityBag>"
    )
    assert document(record, "stakeholders") == {
        "~": {"priorityBag": {"priority": {"#1": {"priorityHolderName": "Tanaka"}}}}
    }
    assert "Tanaka" not in record.documents[ElementGroup.RELATIONS].decode()
    alone = msgspec.json.decode(st97.merge([record.documents[ElementGroup.STAKEHOLDERS]]))
    assert alone == {"priorityBag": {"priority": [{"priorityHolderName": "Tanaka"}]}}


def test_vienna_codes_are_cut_out_of_the_image():
    record = mark(
        "<tmk:MarkRepresentation><tmk:MarkFeatureCategory>Combined</tmk:MarkFeatureCategory><tmk:MarkReproduction>"
        "<tmk:MarkImageBag><tmk:MarkImage><com:FileName>1.jpg</com:FileName><tmk:MarkImageClassification>"
        "<com:FigurativeElementClassificationBag/></tmk:MarkImageClassification></tmk:MarkImage></tmk:MarkImageBag>"
        "</tmk:MarkReproduction></tmk:MarkRepresentation>"
    )
    assert record.images == ("1.jpg",)
    assert "1.jpg" in record.documents[ElementGroup.MEDIA].decode()
    assert "figurative" not in record.documents[ElementGroup.MEDIA].decode()
    assert "1.jpg" not in record.documents[ElementGroup.CLASSIFICATION].decode()
    assert document(record, "identity") == {
        "~": {"markRepresentation": {"markFeatureCategory": "Combined"}}
    }


@pytest.mark.parametrize(
    ("category", "operation"),
    [("Delete", Operation.WITHDRAW), ("Insert", Operation.PUT), ("Update", Operation.PUT)],
)
def test_the_operation_is_no_part_of_what_others_see(category, operation):
    record = mark(NUMBER, f' com:operationCategory="{category}"')
    plain = mark(NUMBER)
    assert record.operation is operation
    assert document(record, "unclassified") == {"@operationCategory": category}
    assert record.documents[ElementGroup.IDENTITY] == plain.documents[ElementGroup.IDENTITY]


def test_what_the_model_does_not_know_is_residue_and_unclassified():
    record = mark(
        f"{NUMBER}<tmk:ApplicantBag><tmk:Applicant xx:kind='1'/><tmk:Applicant><xx:Odd a='b'>x</xx:Odd></tmk:Applicant>"
        "</tmk:ApplicantBag>stray<xx:Odd/><tmk:PlaintiffBag/>",
    )
    assert [entry.path for entry in record.residue] == [
        "text()",
        "ApplicantBag/Applicant[1]/@xx:kind",
        "ApplicantBag/Applicant[2]/Odd",
        "Odd",
        "PlaintiffBag",
    ]
    assert "<xx:Odd" in record.residue[2].xml
    assert [entry[0] for entry in document(record, "unclassified")["#residue"]] == [
        e.path for e in record.residue
    ]
    assert all(
        b"Odd" not in content
        for group, content in record.documents.items()
        if group != "unclassified"
    )


def test_an_element_that_stands_once_too_often_is_residue():
    record = mark(
        "<com:ApplicationDate>2024</com:ApplicationDate><com:ApplicationDate>2025</com:ApplicationDate>"
    )
    assert record.tree["applicationDate"] == "2024"
    assert record.residue[0].path == "ApplicationDate[2]"


def test_older_versions_put_elements_into_other_namespaces():
    record = mark("<tmk:ApplicationDate>2018-04-17-04:00</tmk:ApplicationDate>")
    assert record.tree["applicationDate"] == "2018-04-17-04:00"
    assert record.residue == ()
    assert record.tree["#prefix"] == {"applicationDate": "tmk"}
    rendered = st96.to_xml(Right.TRADEMARK, st97.merge(list(record.documents.values())))
    assert b"<tmk:ApplicationDate>2018-04-17-04:00</tmk:ApplicationDate>" in rendered


def test_drafts_are_read_in_the_namespaces_of_the_release():
    xml = (
        '<t:Trademark xmlns:t="http://www.wipo.int/standards/XMLSchema/Trademark/1" '
        'xmlns:c="http://www.wipo.int/standards/XMLSchema/Common/1"><c:RegistrationOfficeCode>US'
        "</c:RegistrationOfficeCode></t:Trademark>"
    )
    record = canonical.convert(
        etree.fromstring(xml), right=Right.TRADEMARK, office="US", file="", line=0
    )
    assert record.tree["registrationOfficeCode"] == "US"
    rendered = st96.to_xml(Right.TRADEMARK, st97.merge(list(record.documents.values())))
    assert (
        etree.fromstring(rendered)
        .find(".//{http://www.wipo.int/standards/XMLSchema/Common/1}*")
        .text
        == "US"
    )


def test_siblings_of_the_trademark_are_kept():
    record = read(
        "<tmk:TrademarkApplication com:st96Version='V6_0'><com:RequestSoftware><com:RequestSoftwareName>IPAS"
        "</com:RequestSoftwareName></com:RequestSoftware><tmk:TrademarkBag><tmk:Trademark/></tmk:TrademarkBag>"
        "<xx:Odd/></tmk:TrademarkApplication>",
        find="{*}TrademarkBag/{*}Trademark",
    )
    assert record.tree["trademarkApplication"] == {
        "@st96Version": "V6_0",
        "requestSoftware": {"requestSoftwareName": "IPAS"},
    }
    assert document(record, "identity") == {"~": {"trademarkApplication": {"@st96Version": "V6_0"}}}
    assert [entry.path for entry in record.residue] == ["TrademarkApplication/Odd"]


def test_mixed_content_is_its_inner_xml():
    record = read(
        "<pat:PatentPublication><pat:BibliographicData><pat:InventionTitleBag>"
        "<pat:InventionTitle com:languageCode='en'>"
        "A &amp; <com:B>b</com:B><!-- no --> c</pat:InventionTitle>"
        "</pat:InventionTitleBag></pat:BibliographicData></pat:PatentPublication>",
        Right.PATENT,
    )
    title = record.tree["bibliographicData"]["inventionTitleBag"]["inventionTitle"][0]
    assert title == {"@languageCode": "en", "$": "A &amp; <com:B>b</com:B> c"}


OFFICE = "<com:IPOfficeCode>KH</com:IPOfficeCode>"
APPLICATION = f"<pat:ApplicationIdentification>{OFFICE}{NUMBER}</pat:ApplicationIdentification>"
LEGAL_STATUS = f"<pat:PatentLegalStatus>{APPLICATION}</pat:PatentLegalStatus>"
ST13 = "<com:ST13ApplicationNumber>300000105761400</com:ST13ApplicationNumber>"
PUBLICATION = (
    "<pat:PatentPublicationIdentification><com:IPOfficeCode>KH</com:IPOfficeCode>"
    "<pat:PublicationNumber>77</pat:PublicationNumber></pat:PatentPublicationIdentification>"
)


@pytest.mark.parametrize(
    ("xml", "right", "number"),
    [
        (f"<tmk:Trademark>{NUMBER}</tmk:Trademark>", Right.TRADEMARK, "KH/1/24"),
        (
            "<tmk:Trademark><com:ApplicationDate>2024</com:ApplicationDate></tmk:Trademark>",
            Right.TRADEMARK,
            "",
        ),
        (
            f"<tmk:Trademark><com:ApplicationNumber>{ST13}</com:ApplicationNumber></tmk:Trademark>",
            Right.TRADEMARK,
            "300000105761400",
        ),
        (f"<dgn:DesignApplication>{NUMBER}</dgn:DesignApplication>", Right.DESIGN, "KH/1/24"),
        (
            f"<pat:BibliographicData>{PUBLICATION}{APPLICATION}</pat:BibliographicData>",
            Right.PATENT,
            "KH/1/24",
        ),
        (f"<pat:BibliographicData>{PUBLICATION}</pat:BibliographicData>", Right.PATENT, "77"),
        (
            f"<pat:PatentLegalStatusData>{LEGAL_STATUS}</pat:PatentLegalStatusData>",
            Right.PATENT,
            "KH/1/24",
        ),
        (f"<pat:SearchReport>{APPLICATION}</pat:SearchReport>", Right.PATENT, "KH/1/24"),
        ("<pat:ApplicationBody><pat:Abstract/></pat:ApplicationBody>", Right.PATENT, ""),
    ],
)
def test_the_number_of_a_record(xml, right, number):
    assert read(xml, right).number == number


def test_an_empty_record_element():
    record = read("<tmk:Trademark/>")
    assert record.tree == {}
    assert record.documents == {}


def test_a_comment_inside_text_is_left_out():
    assert (
        mark("<com:ApplicationDate>2024<!-- c -->-01</com:ApplicationDate>").tree["applicationDate"]
        == "2024-01"
    )


def test_deep_nesting_of_unknown_elements_is_one_residue():
    deep = "<xx:a>" * 200 + "</xx:a>" * 200
    record = mark(deep)
    assert len(record.residue) == 1


@pytest.mark.alone
def test_the_time_for_unknown_siblings_grows_with_their_number_only():
    def took(count):
        started = time.perf_counter()
        assert len(mark("<xx:a/>" * count).residue) == count
        return time.perf_counter() - started

    took(100)
    assert took(24_000) < 30 * min(took(3_000) for _ in range(3))  # squared it would be 64
