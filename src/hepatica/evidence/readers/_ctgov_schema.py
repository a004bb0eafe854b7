"""The parts of a ClinicalTrials.gov API v2 study that are read, by the API's published schema.

The schema is ctg-oas-v2.yaml ("ClinicalTrials.gov REST API", 2.0.0-draft). Nearly everything is
optional there and so it is here; counts come as numbers or as strings.
"""

from __future__ import annotations

import msgspec


class _Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of the parts: camel case in JSON, unknown fields passed over."""


class SecondaryId(_Part, frozen=True):
    id: str = ""
    type: str = ""


class Identification(_Part, frozen=True):
    nct_id: str
    brief_title: str = ""
    official_title: str = ""
    acronym: str = ""
    secondary_id_infos: tuple[SecondaryId, ...] = ()


class Date(_Part, frozen=True):
    date: str = ""
    type: str = ""


class Status(_Part, frozen=True):
    overall_status: str = ""
    why_stopped: str = ""
    start_date_struct: Date = Date()
    primary_completion_date_struct: Date = Date()
    completion_date_struct: Date = Date()
    study_first_post_date_struct: Date = Date()
    results_first_post_date_struct: Date = Date()
    last_update_post_date_struct: Date = Date()


class Sponsor(_Part, frozen=True):
    name: str = ""


class Sponsors(_Part, frozen=True):
    lead_sponsor: Sponsor = Sponsor()
    collaborators: tuple[Sponsor, ...] = ()


class Description(_Part, frozen=True):
    brief_summary: str = ""
    detailed_description: str = ""


class Conditions(_Part, frozen=True):
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class Masking(_Part, frozen=True):
    masking: str = ""
    masking_description: str = ""
    who_masked: tuple[str, ...] = ()


class DesignInfo(_Part, frozen=True):
    allocation: str = ""
    intervention_model: str = ""
    intervention_model_description: str = ""
    primary_purpose: str = ""
    observational_model: str = ""
    time_perspective: str = ""
    masking_info: Masking = Masking()


class Enrollment(_Part, frozen=True):
    count: int | None = None
    type: str = ""


class Design(_Part, frozen=True):
    study_type: str = ""
    phases: tuple[str, ...] = ()
    design_info: DesignInfo = DesignInfo()
    enrollment_info: Enrollment = Enrollment()


class ArmGroup(_Part, frozen=True):
    label: str = ""
    type: str = ""
    description: str = ""
    intervention_names: tuple[str, ...] = ()


class Intervention(_Part, frozen=True):
    type: str = ""
    name: str = ""
    description: str = ""
    other_names: tuple[str, ...] = ()


class Arms(_Part, frozen=True):
    arm_groups: tuple[ArmGroup, ...] = ()
    interventions: tuple[Intervention, ...] = ()


class Outcome(_Part, frozen=True):
    measure: str = ""
    description: str = ""
    time_frame: str = ""


class Outcomes(_Part, frozen=True):
    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    other_outcomes: tuple[Outcome, ...] = ()


class Eligibility(_Part, frozen=True):
    eligibility_criteria: str = ""
    sex: str = ""
    minimum_age: str = ""
    maximum_age: str = ""
    study_population: str = ""


class Retraction(_Part, frozen=True):
    pmid: str = ""


class Reference(_Part, frozen=True):
    pmid: str = ""
    type: str = ""
    citation: str = ""
    retractions: tuple[Retraction, ...] = ()


class References(_Part, frozen=True):
    references: tuple[Reference, ...] = ()


class Protocol(_Part, frozen=True):
    identification_module: Identification
    status_module: Status = Status()
    sponsor_collaborators_module: Sponsors = Sponsors()
    description_module: Description = Description()
    conditions_module: Conditions = Conditions()
    design_module: Design = Design()
    arms_interventions_module: Arms = Arms()
    outcomes_module: Outcomes = Outcomes()
    eligibility_module: Eligibility = Eligibility()
    references_module: References = References()


class Group(_Part, frozen=True):
    """A column of a results table."""

    id: str = ""
    title: str = ""
    description: str = ""


class FlowCount(_Part, frozen=True):
    group_id: str = ""
    num_subjects: str = ""
    comment: str = ""


class Milestone(_Part, frozen=True):
    type: str = ""
    comment: str = ""
    achievements: tuple[FlowCount, ...] = ()


class Withdrawal(_Part, frozen=True):
    type: str = ""
    comment: str = ""
    reasons: tuple[FlowCount, ...] = ()


class Period(_Part, frozen=True):
    title: str = ""
    milestones: tuple[Milestone, ...] = ()
    drop_withdraws: tuple[Withdrawal, ...] = ()


class ParticipantFlow(_Part, frozen=True):
    pre_assignment_details: str = ""
    recruitment_details: str = ""
    groups: tuple[Group, ...] = ()
    periods: tuple[Period, ...] = ()


class Count(_Part, frozen=True):
    group_id: str = ""
    value: str = ""


class Denominator(_Part, frozen=True):
    units: str = ""
    counts: tuple[Count, ...] = ()


class Measurement(_Part, frozen=True):
    group_id: str = ""
    value: str = ""
    spread: str = ""
    lower_limit: str = ""
    upper_limit: str = ""
    comment: str = ""


class Category(_Part, frozen=True):
    title: str = ""
    measurements: tuple[Measurement, ...] = ()


class Class(_Part, frozen=True):
    title: str = ""
    denoms: tuple[Denominator, ...] = ()
    categories: tuple[Category, ...] = ()


class Analysis(_Part, frozen=True):
    group_ids: tuple[str, ...] = ()
    group_description: str = ""
    param_type: str = ""
    param_value: str = ""
    dispersion_type: str = ""
    dispersion_value: str = ""
    statistical_method: str = ""
    statistical_comment: str = ""
    p_value: str = ""
    p_value_comment: str = ""
    ci_num_sides: str = ""
    ci_pct_value: str = ""
    ci_lower_limit: str = ""
    ci_upper_limit: str = ""
    estimate_comment: str = ""
    non_inferiority_type: str = ""
    non_inferiority_comment: str = ""


class Measure(_Part, frozen=True):
    """A measured outcome or, without type, time frame and analyses, a baseline characteristic."""

    type: str = ""
    title: str = ""
    description: str = ""
    population_description: str = ""
    reporting_status: str = ""
    param_type: str = ""
    dispersion_type: str = ""
    unit_of_measure: str = ""
    time_frame: str = ""
    groups: tuple[Group, ...] = ()
    denoms: tuple[Denominator, ...] = ()
    classes: tuple[Class, ...] = ()
    analyses: tuple[Analysis, ...] = ()


class Baseline(_Part, frozen=True):
    population_description: str = ""
    groups: tuple[Group, ...] = ()
    denoms: tuple[Denominator, ...] = ()
    measures: tuple[Measure, ...] = ()


class OutcomeMeasures(_Part, frozen=True):
    outcome_measures: tuple[Measure, ...] = ()


class EventGroup(_Part, frozen=True):
    id: str = ""
    title: str = ""
    description: str = ""
    deaths_num_affected: int | None = None
    deaths_num_at_risk: int | None = None
    serious_num_affected: int | None = None
    serious_num_at_risk: int | None = None
    other_num_affected: int | None = None
    other_num_at_risk: int | None = None


class EventCount(_Part, frozen=True):
    group_id: str = ""
    num_events: int | None = None
    num_affected: int | None = None
    num_at_risk: int | None = None


class Event(_Part, frozen=True):
    term: str = ""
    organ_system: str = ""
    notes: str = ""
    stats: tuple[EventCount, ...] = ()


class AdverseEvents(_Part, frozen=True):
    frequency_threshold: str = ""
    time_frame: str = ""
    description: str = ""
    all_cause_mortality_comment: str = ""
    event_groups: tuple[EventGroup, ...] = ()
    serious_events: tuple[Event, ...] = ()
    other_events: tuple[Event, ...] = ()


class Limitations(_Part, frozen=True):
    description: str = ""


class MoreInfo(_Part, frozen=True):
    limitations_and_caveats: Limitations = Limitations()


class Results(_Part, frozen=True):
    participant_flow_module: ParticipantFlow = ParticipantFlow()
    baseline_characteristics_module: Baseline = Baseline()
    outcome_measures_module: OutcomeMeasures = OutcomeMeasures()
    adverse_events_module: AdverseEvents = AdverseEvents()
    more_info_module: MoreInfo = MoreInfo()


class Mesh(_Part, frozen=True):
    term: str = ""


class Browse(_Part, frozen=True):
    meshes: tuple[Mesh, ...] = ()


class Derived(_Part, frozen=True):
    condition_browse_module: Browse = Browse()
    intervention_browse_module: Browse = Browse()


class Study(_Part, frozen=True):
    protocol_section: Protocol
    results_section: Results | None = None
    derived_section: Derived = Derived()


def decode(record: bytes) -> Study:
    """The study; raises msgspec.DecodeError where it breaks the schema."""
    return msgspec.json.decode(record, type=Study, strict=False)
