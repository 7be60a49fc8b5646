"""Small ST.96 documents for tests."""

from __future__ import annotations

import io
import zipfile

COM = "http://www.wipo.int/standards/XMLSchema/ST96/Common"
TMK = "http://www.wipo.int/standards/XMLSchema/ST96/Trademark"


def a_mark(
    number,
    *,
    office="XA",
    words="SOKHA",
    filed="2019-05-06",
    applicant="Sokha Trading Co., Ltd.",
    operation="",
    more="",
):
    """One tmk:Trademark."""
    category = f' com:operationCategory="{operation}"' if operation else ""
    return f"""<tmk:Trademark{category}>
<com:RegistrationOfficeCode>{office}</com:RegistrationOfficeCode>
<com:ApplicationNumber><com:IPOfficeCode>{office}</com:IPOfficeCode><com:ApplicationNumberText>{number}</com:ApplicationNumberText></com:ApplicationNumber>
<com:ApplicationDate>{filed}</com:ApplicationDate>
<tmk:MarkCurrentStatusCode>Application Filed</tmk:MarkCurrentStatusCode>
<tmk:MarkCurrentStatusDate>{filed}</tmk:MarkCurrentStatusDate>
<tmk:MarkRepresentation><tmk:MarkFeatureCategory>Word</tmk:MarkFeatureCategory><tmk:MarkReproduction><tmk:WordMarkSpecification><tmk:MarkVerbalElementText>{words}</tmk:MarkVerbalElementText><tmk:MarkSignificantVerbalElementText>{words}</tmk:MarkSignificantVerbalElementText></tmk:WordMarkSpecification></tmk:MarkReproduction></tmk:MarkRepresentation>
<tmk:GoodsServicesBag><tmk:GoodsServices><tmk:ClassDescriptionBag><tmk:ClassDescription><tmk:ClassNumber>9</tmk:ClassNumber><tmk:GoodsServicesDescriptionText>Computers</tmk:GoodsServicesDescriptionText></tmk:ClassDescription></tmk:ClassDescriptionBag></tmk:GoodsServices></tmk:GoodsServicesBag>
{more}<tmk:ApplicantBag><tmk:Applicant><com:LegalEntityName>{applicant}</com:LegalEntityName></tmk:Applicant></tmk:ApplicantBag>
</tmk:Trademark>
"""


def transaction(*marks):
    """A TrademarkTransaction with these marks, as bytes."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<tmk:TrademarkTransaction xmlns:com="{COM}" xmlns:tmk="{TMK}" '
        'com:st96Version="V6_0"><tmk:TrademarkTransactionBody><tmk:TransactionContentBag>'
        "<com:TransactionIdentifier>1</com:TransactionIdentifier><com:TransactionCategory>Trademark Information"
        "</com:TransactionCategory><com:TransactionSubCode>0</com:TransactionSubCode><tmk:TransactionData>"
        "<tmk:TrademarkBag>\n" + "".join(marks) + "</tmk:TrademarkBag></tmk:TransactionData>"
        "</tmk:TransactionContentBag></tmk:TrademarkTransactionBody></tmk:TrademarkTransaction>\n"
    ).encode()


def zipped(**files):
    """A zip of files by name (``__`` stands for a dot)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name.replace("__", "."), content)
    return buffer.getvalue()
