"""LOINC codes of drug label sections with their names, as openFDA publishes them.

From FDA/openfda, openfda/spl/data/sections.csv (CC0). openFDA derives the names of its JSON fields
from these names; `FIELDS` holds the fields of its published mapping, schemas/spl_mapping.json.
"""

from __future__ import annotations

BOXED_WARNING = "34066-1"
DOSAGE = "34068-7"
WARNINGS = ("34071-1", "43685-7")
UNCLASSIFIED = "42229-5"
PRODUCT_DATA = ("48780-1", "48779-3")

_SECTIONS = (
    ("34066-1", "Boxed Warning", "boxed_warning"),
    ("43683-2", "Recent Major Changes", "recent_major_changes"),
    ("55106-9", "Active Ingredient", "active_ingredient"),
    ("55105-1", "Purpose", "purpose"),
    ("34067-9", "Indications & Usage", "indications_and_usage"),
    ("34068-7", "Dosage & Administration", "dosage_and_administration"),
    ("43678-2", "Dosage Forms & Strengths", "dosage_forms_and_strengths"),
    ("34070-3", "Contraindications", "contraindications"),
    ("43685-7", "Warnings and cautions", "warnings_and_cautions"),
    ("34071-1", "Warnings", "warnings"),
    ("42232-9", "Precautions", "precautions"),
    ("34072-9", "General Precautions", "general_precautions"),
    ("54433-8", "User Safety Warnings", "user_safety_warnings"),
    ("50570-1", "Do Not Use", "do_not_use"),
    ("50569-3", "Ask Doctor", "ask_doctor"),
    ("50568-5", "Ask Doctor/Pharmacist", "ask_doctor_or_pharmacist"),
    ("50567-7", "When Using", "when_using"),
    ("50566-9", "Stop Use", "stop_use"),
    ("53414-9", "Pregnancy or Breast Feeding", "pregnancy_or_breast_feeding"),
    ("50565-1", "Keep Out of Reach of Children", "keep_out_of_reach_of_children"),
    ("34084-4", "Adverse Reactions", "adverse_reactions"),
    ("34073-7", "Drug Interactions", "drug_interactions"),
    (
        "34074-5",
        "Drug & or Laboratory Test Interactions",
        "drug_and_or_laboratory_test_interactions",
    ),
    ("34075-2", "Laboratory Tests", "laboratory_tests"),
    ("43684-0", "Use in Specific Populations", "use_in_specific_populations"),
    ("42228-7", "Pregnancy", "pregnancy"),
    ("34077-8", "Teratogenic Effects", "teratogenic_effects"),
    ("34078-6", "Nonteratogenic Effects", "nonteratogenic_effects"),
    ("34079-4", "Labor & Delivery", "labor_and_delivery"),
    ("34080-2", "Nursing Mothers", "nursing_mothers"),
    ("34081-0", "Pediatric Use", "pediatric_use"),
    ("34082-8", "Geriatric Use", "geriatric_use"),
    ("42227-9", "Drug Abuse and Dependence", "drug_abuse_and_dependence"),
    ("34085-1", "Controlled Substance", "controlled_substance"),
    ("34086-9", "Abuse", "abuse"),
    ("34087-7", "Dependence", "dependence"),
    ("34088-5", "Overdosage", "overdosage"),
    ("34089-3", "Description", "description"),
    ("51727-6", "Inactive Ingredient", "inactive_ingredient"),
    ("34090-1", "Clinical Pharmacology", "clinical_pharmacology"),
    ("43679-0", "Mechanism of Action", "mechanism_of_action"),
    ("43681-6", "Pharmacodynamics", "pharmacodynamics"),
    ("43682-4", "Pharmacokinetics", "pharmacokinetics"),
    ("66106-6", "Pharmacogenomics", "pharmacogenomics"),
    ("49489-8", "Microbiology", "microbiology"),
    ("43680-8", "Nonclinical Toxicology", "nonclinical_toxicology"),
    (
        "34083-6",
        "Carcinogenesis & Mutagenesis & Impairment of Fertility",
        "carcinogenesis_and_mutagenesis_and_impairment_of_fertility",
    ),
    (
        "34091-9",
        "Animal Pharmacology & or Toxicology",
        "animal_pharmacology_and_or_toxicology",
    ),
    ("34092-7", "Clinical Studies", "clinical_studies"),
    ("34093-5", "References", "references"),
    ("34069-5", "How Supplied", "how_supplied"),
    ("44425-7", "Storage and Handling", "storage_and_handling"),
    ("50741-8", "Safe Handling Warning", "safe_handling_warning"),
    ("60561-8", "Other Safety Information", "other_safety_information"),
    ("34076-0", "Information for Patients", "information_for_patients"),
    ("59845-8", "Instructions for Use", "instructions_for_use"),
    ("42231-1", "SPL Medguide", "spl_medguide"),
    ("42230-3", "SPL Patient Package Insert", "spl_patient_package_insert"),
    ("68498-5", "Patient Medication Information", "patient_medication_information"),
    ("53413-1", "Questions", "questions"),
    ("42229-5", "SPL Unclassified", "spl_unclassified_section"),
    (
        "51945-4",
        "Package Label: Principal Display Panel",
        "package_label_principal_display_panel",
    ),
)

#: LOINC code of a section -> its name.
NAMES = {code: name for code, name, _ in _SECTIONS}

#: Field of openFDA's drug label JSON -> LOINC code, in the order of a printed label.
FIELDS = {field: code for code, _, field in _SECTIONS}


def section_code(own: str | None, *, titled: bool, around: str | None) -> str | None:
    """The code that a section's text goes by: its own, or that of the section around it."""
    # Old labels code an untitled box around a dose table as a boxed warning; it is a dose table.
    dose_table = own == BOXED_WARNING and around == DOSAGE and not titled
    return around if around and (own in (None, UNCLASSIFIED) or dose_table) else own
