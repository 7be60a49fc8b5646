"""Every element of the content model belongs to one group; what nobody classified is unclassified."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.standards import groups, st96

T, D, P = Right.TRADEMARK, Right.DESIGN, Right.PATENT
IMAGE = "MarkRepresentation/MarkReproduction/MarkImageBag"
WORD = "MarkRepresentation/MarkReproduction/WordMarkSpecification"
DESIGN = "DesignBag/Design"
DATA = "BibliographicData"
STATUS = "PatentLegalStatusData/PatentLegalStatus"

EXPECTED = {
    # The table of DOMAIN.md, section 4, row by row.
    "identity": [
        (
            T,
            "RegistrationOfficeCode ApplicationNumber/ApplicationNumberText ApplicationDate RegistrationNumber",
        ),
        (T, "RegistrationDate ExpiryDate MarkCategory MarkRepresentation/MarkFeatureCategory"),
        (T, "ApplicationLanguageCode SecondLanguageCode CorrespondenceLanguageCode"),
        (
            P,
            f"IPOfficeCode {DATA}/ApplicationIdentification/FilingDate {DATA}/PatentGrantIdentification/GrantDate",
        ),
        (P, f"{DATA}/PatentPublicationIdentification/PatentDocumentKindCode"),
        (
            D,
            f"RegistrationOfficeCode ApplicationNumber ApplicationDate {DESIGN}/RegistrationNumber",
        ),
        (D, f"{DESIGN}/RegistrationDate {DESIGN}/ExpiryDate {DESIGN}/DesignIdentifier"),
    ],
    "stakeholders": [
        (
            T,
            "ApplicantBag/Applicant/Contact/Name RepresentativeBag NationalRepresentative NationalCorrespondent",
        ),
        (
            T,
            "RecordAttorney CorrespondenceAddress MarkUserBag UseRight AssignmentBag/Assignment Authorization",
        ),
        (
            T,
            "MarkRecordBag/MarkRecord/RecordTransfer MarkRecordBag/MarkRecord/RecordChangeNameAddress",
        ),
        (
            T,
            "MarkRecordBag/MarkRecord/RecordLicence PriorityBag/Priority/PriorityHolderName ApplicantFileReference",
        ),
        (P, f"{DATA}/PartyBag/ApplicantBag {DATA}/PartyBag/InventorBag {DATA}/PartyBag/OwnerBag"),
        (
            P,
            f"{DATA}/PartyBag/AssigneeBag {DATA}/PartyBag/RegisteredPractitionerBag {DATA}/LicenceBag",
        ),
        (P, f"{DATA}/StateDesignation {DATA}/BioDeposit"),
        (P, f"{DATA}/ApplicationIdentification/ApplicantFileReference"),
        (
            D,
            f"ApplicantBag {DESIGN}/ApplicantBag {DESIGN}/DesignerBag {DESIGN}/DesignerWaiverIndicator",
        ),
        (
            D,
            f"RepresentativeBag {DESIGN}/RepresentativeBag CorrespondenceAddress SignatureBag PaymentBag",
        ),
    ],
    "events": [
        (T, "MarkEventBag/MarkEvent/MarkEventCategory MarkCurrentStatusDate TerminationDate"),
        (
            T,
            "MarkRecordBag/MarkRecord/BasicRecord NationalTrademarkInformation/ApplicationAbandonedDate",
        ),
        (T, "NationalTrademarkInformation/MaintenanceFilingBag Version"),
        (
            T,
            "GoodsServicesBag/GoodsServices/ClassDescriptionBag/ClassDescription/ClassNumberStatusCategory",
        ),
        (
            T,
            "PublicationBag/Publication/PublicationSectionCategory",
        ),
        (
            P,
            f"{STATUS}/StatusEventDataBag {DATA}/RightsEffectiveDateBag {DATA}/ApplicationWithdrawnDate",
        ),
        (
            P,
            f"{DATA}/ApplicationDeemedWithdrawnDate {DATA}/PatentRevocationDate {DATA}/RightsReestablishedDate",
        ),
        (P, f"{DATA}/PatentDocumentRepublication {DATA}/PublicAvailabilityDataBag {DATA}/LORData"),
        (D, f"{DESIGN}/DesignEventBag DesignApplicationEventBag {DESIGN}/DesignCurrentStatusDate"),
        (D, "DesignApplicationCurrentStatusDate"),
    ],
    "status": [(T, "MarkCurrentStatusCode"), (D, f"{DESIGN}/DesignCurrentStatusCategory")],
    "examination": [
        (
            T,
            "StaffBag OppositionBag OppositionPeriodStartDate OppositionPeriodEndDate LegalProceedingsBag",
        ),
        (
            T,
            "TrademarkDocumentBag MarkDisclaimerBag OppositionBag/Opposition/EarlierMarkBag",
        ),
        (
            T,
            "NationalCaseLocation NationalTrademarkInformation/NationalCaseLocation TradeDistinctivenessIndicator",
        ),
        (T, "TrademarkApplication/RequestExamination TrademarkApplication/DocumentIncludedBag"),
        (
            P,
            f"{DATA}/PartyBag/ExaminerBag/PrimaryExaminer/Name {DATA}/ReferenceCitationBag {DATA}/SearchField",
        ),
        (
            P,
            f"{DATA}/OppositionData {DATA}/RelatedDocumentBag/Reexamination {DATA}/RelatedDocumentBag/Reissue",
        ),
        (P, f"{DATA}/RightsEffectiveDateBag/ExaminationRequestDate"),
        (
            D,
            f"{DESIGN}/StaffBag {DESIGN}/PatentIdentificationBag {DESIGN}/OppositionBag DocumentIncludedBag",
        ),
        (D, f"{DESIGN}/ExceptionLackNoveltyDeclarationBag"),
    ],
    "goods": [
        (T, "GoodsServicesBag/GoodsServices/ClassDescriptionBag/ClassDescription/ClassNumber"),
        (
            T,
            "GoodsServicesBag/GoodsServices/ClassDescriptionBag/ClassDescription/GoodsServicesDescriptionText",
        ),
    ],
    "classification": [
        (
            T,
            f"{IMAGE}/MarkImage/MarkImageClassification {IMAGE}/MarkImage/NationalDesignSearchCodeBag",
        ),
        (T, "GoodsServicesBag/GoodsServices/GoodsServicesClassificationBag"),
        (P, f"{DATA}/PatentClassificationBag"),
        (D, f"{DESIGN}/DesignClassificationBag"),
    ],
    "media": [
        (T, f"{IMAGE}/MarkImage/FileName MarkRepresentation/MarkReproduction/MarkSoundBag"),
        (T, "MarkRepresentation/MarkReproduction/MarkMultimediaBag"),
        (P, "Drawings PageImage"),
        (D, f"{DESIGN}/DesignRepresentationBag {DESIGN}/DesignSpecimenBag"),
    ],
    "relations": [
        (
            T,
            "PriorityBag/Priority/PriorityCountryCode ExhibitionPriorityBag SeniorityBag DivisionalApplicationBag",
        ),
        (T, "BasicRegistrationApplicationBag"),
        (P, f"{DATA}/PriorityClaimBag {DATA}/RelatedDocumentBag/Division {DATA}/PatentFamily"),
        (P, f"{DATA}/PCTNationalPhaseEntryDate {DATA}/InternationalFilingData"),
        (D, f"{DESIGN}/PriorityBag {DESIGN}/RelatedApplicationBag"),
    ],
    "publication": [
        (
            T,
            "PublicationBag/Publication/PublicationIdentifier PublicationBag/Publication/PublicationDate",
        ),
        (P, f"{DATA}/PatentPublicationIdentification {DATA}/GrantPublicationDate"),
        (D, f"{DESIGN}/PublicationBag/Publication/PublicationPage"),
    ],
    "text": [
        (
            T,
            f"{WORD}/MarkVerbalElementText {WORD}/MarkTranslationText MarkRepresentation/MarkDescriptionBag",
        ),
        (P, f"{DATA}/InventionTitleBag Abstract Claims Description"),
        (D, f"{DESIGN}/DesignTitleText {DESIGN}/DesignDescriptionText {DESIGN}/DesignClaim"),
        (D, f"{DESIGN}/NoveltyStatementText"),
    ],
    # What may tell of several groups at once: names within an examination, free text of events and limitations.
    "remarks": [
        (
            T,
            "OppositionBag/Opposition/PlaintiffBag OppositionBag/Opposition/DefendantBag/Defendant",
        ),
        (T, "OppositionBag/Opposition/ProceedingStatus/ClassNumberStatusCategory"),
        (T, "MarkEventBag/MarkEvent/NationalMarkEvent/MarkEventDescriptionText UseLimitationText"),
        (
            T,
            "MarkDisclaimerBag/MarkDisclaimerText SpecialCircumstanceText TradeDistinctivenessText",
        ),
        (P, f"{DATA}/OppositionData/Opponent"),
        (P, f"{DATA}/ReferenceCitationBag/ReferenceCitation/NPLCitation/CitedBook/AuthorName"),
        (D, f"{DESIGN}/OppositionBag/Opposition/OpponentBag"),
    ],
    # Free text that is personal and examination at once: withheld until somebody decides.
    "unclassified": [
        # Remarks in free text name people and tell of examination alike: nobody gets them.
        (T, "MarkEventBag/MarkEvent/CommentText CommentText PriorityBag/Priority/CommentText"),
        (T, "GoodsServicesBag/GoodsServices/CommentTextBag/CommentText"),
        (D, f"{DESIGN}/DesignEventBag/DesignEvent/CommentText"),
        (P, f"{STATUS}/StatusEventDataBag/StatusEventData/SearchExaminationEventData/CommentText"),
        (T, "OppositionBag/Opposition/OppositionGroundsText Nobody/Knows ApplicationDate/Nothing"),
        (P, f"{DATA}/ReferenceCitationBag/ReferenceCitation/PatentCitation/PatentCitationText"),
        (D, "RequestSoftware"),
    ],
}
PERSONAL = {ElementGroup.STAKEHOLDERS, ElementGroup.REMARKS}
CASES = [
    (right, path, group)
    for group, lines in EXPECTED.items()
    for right, paths in lines
    for path in paths.split()
]


@pytest.mark.parametrize(("right", "path", "group"), CASES)
def test_an_element_is_in_its_group(right, path, group):
    if group != "unclassified":
        assert groups.place_of(right, path) is not None, "the model has no such path"
    assert groups.group_of(right, path) == ElementGroup(group)


def test_indexes_and_attributes_do_not_matter():
    path = "ApplicantBag/Applicant[2]/Contact[1]/@languageCode"
    assert groups.group_of(T, path) is ElementGroup.STAKEHOLDERS
    assert groups.group_of(T, "") is ElementGroup.IDENTITY


def test_paths_of_other_patent_roots():
    assert (
        groups.group_of(P, "PriorityClaimBag", root="pat:BibliographicData")
        is ElementGroup.RELATIONS
    )
    assert groups.group_of(P, "PriorityClaimBag") is ElementGroup.RELATIONS
    assert groups.group_of(P, "PatentLegalStatus/StatusEventDataBag") is ElementGroup.EVENTS


def starts():
    yield from (groups.record(right) for right in Right)
    yield from (groups.record(P, root) for root in st96.PATENT_ROOTS[1:])
    yield groups.application()


def every_place():
    seen = set(starts())
    waiting = [(place, (place.element.local,)) for place in seen]
    while waiting:
        place, path = waiting.pop()
        yield place, path
        for _, inside in place.children:
            if inside not in seen:
                seen.add(inside)
                waiting.append((inside, (*path, inside.element.local)))


PLACES = list(every_place())


@pytest.mark.parametrize("row", groups.rows(), ids=lambda row: "/".join(row.steps))
def test_the_path_of_each_row_exists(row):
    rights = [row.right] if row.right else list(Right)
    if groups.ANY not in row.steps:
        path = "/".join(row.steps)
        roots = [("", path)]
        if f"pat:{row.steps[0]}" in st96.PATENT_ROOTS[1:]:
            roots.append((f"pat:{row.steps[0]}", "/".join(row.steps[1:])))
        assert any(
            groups.place_of(right, below, root=root if right is P else "") is not None
            for right in rights
            for root, below in roots
        )
        return
    names = {(place.right, place.element.local) for place, _ in PLACES}
    nested = {
        (place.right, place.element.local, inside.element.local)
        for place, _ in PLACES
        for _, inside in place.children
    }
    for above, step in pairwise(row.steps):
        if step != groups.ANY:
            assert any((right, step) in names for right in rights)
            assert above == groups.ANY or any((right, above, step) in nested for right in rights)


def test_names_are_nowhere_but_with_stakeholders_remarks_and_staff():
    names = {
        "com:Name",
        "com:EntityName",
        "com:PersonFullName",
        "com:LastName",
        "com:PostalAddressBag",
        "com:Contact",
    }
    for place, path in PLACES:
        if place.element.name in names:
            staff = {"StaffBag", "ExaminerBag"} & set(path)
            allowed = {ElementGroup.EXAMINATION} if staff else PERSONAL
            assert place.group in allowed, path


def test_nothing_within_an_examination_can_be_seen_without_it():
    allowed = {ElementGroup.EXAMINATION, ElementGroup.REMARKS, ElementGroup.UNCLASSIFIED}
    for place, path in PLACES:
        if place.group is ElementGroup.EXAMINATION:
            for _, inside in place.children:
                assert inside.group in allowed | {ElementGroup.IDENTITY}, (
                    path,
                    inside.element.local,
                )


def test_personal_elements_are_with_stakeholders_or_staff_or_withheld():
    allowed = {*PERSONAL, ElementGroup.UNCLASSIFIED}
    for place, path in PLACES:
        if place.element.personal and not {"StaffBag", "ExaminerBag"} & set(path):
            assert place.group in allowed, path


def test_uniform_places_are_known_statically():
    record = groups.record(T)
    assert record.child("ApplicantBag").uniform
    assert record.child("StaffBag").uniform
    assert not record.child("PriorityBag").uniform
    assert record.child("PriorityBag").groups >= {ElementGroup.RELATIONS, ElementGroup.STAKEHOLDERS}
