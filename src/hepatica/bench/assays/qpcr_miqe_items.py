"""The items of the MIQE checklist, in our own words and in its order.

After Table 1 of Bustin et al. 2009 (Clin Chem 55:611-622, doi 10.1373/clinchem.2008.112797) as the
RDML Consortium's page on MIQE shows it (rdml.org/miqe.php), with its marks of importance. MIQE 2.0
(2025) is not in it: its checklist was not at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ITEMS", "Importance", "Item"]

Importance = Literal["essential", "desirable"]


@dataclass(frozen=True, kw_only=True)
class Item:
    key: str
    section: str
    text: str
    importance: Importance = "essential"


E: Importance = "essential"
D: Importance = "desirable"

_LIST: dict[str, tuple[tuple[str, Importance, str], ...]] = {
    "Experimental design": (
        ("groups", E, "Experimental and control groups defined"),
        ("n_per_group", E, "How many in each group"),
        ("laboratory", D, "Assay done by a core facility or the investigators' laboratory"),
        ("contributions", D, "What each author contributed"),
    ),
    "Sample": (
        ("sample_source", E, "What the samples are"),
        ("sample_amount", D, "Volume or mass processed"),
        ("dissection", E, "Microdissection or macrodissection"),
        ("sample_processing", E, "How samples were processed"),
        ("freezing", E, "If frozen: how, how quickly"),
        ("fixation", E, "If fixed: with what, how quickly"),
        ("sample_storage", E, "Storage: conditions, how long (above all of fixed tissue)"),
    ),
    "Nucleic acid extraction": (
        ("extraction", E, "Procedure or instrument"),
        ("extraction_kit", E, "Kit, and changes to its protocol"),
        ("extraction_reagents", D, "Where further reagents came from"),
        ("dnase", E, "Treatment with DNase or RNase"),
        ("contamination", E, "How contamination with DNA or RNA was assessed"),
        ("rna_quantity", E, "Quantity of nucleic acid"),
        ("rna_quantity_method", E, "Instrument and method of quantification"),
        ("rna_purity", D, "Purity (A260/A280)"),
        ("rna_yield", D, "Yield"),
        ("rna_integrity", E, "How RNA integrity was measured"),
        ("rna_integrity_value", E, "RIN or RQI, or Cq of the 3' and 5' ends"),
        ("electrophoresis", D, "Electrophoresis traces"),
        ("inhibition", E, "Test of inhibition (dilutions, spike or other)"),
    ),
    "Reverse transcription": (
        ("reverse_transcription", E, "Complete reaction conditions"),
        ("rt_rna_amount", E, "Amount of RNA, volume of the reaction"),
        ("rt_priming", E, "Priming oligonucleotide and its concentration"),
        ("rt_enzyme", E, "Reverse transcriptase and its concentration"),
        ("rt_temperature", E, "Temperature and time"),
        ("rt_reagents", D, "Makers and catalogue numbers"),
        ("no_rt_control", D, "Cq with and without enzyme (essential when RNA is first extracted)"),
        ("cdna_storage", D, "Storage of the cDNA"),
    ),
    "qPCR target": (
        ("multiplex_target", E, "In a multiplex: efficiency and limit of detection of each assay"),
        ("target_accession", E, "Sequence accession number"),
        ("amplicon_location", D, "Location of the amplicon"),
        ("amplicon", E, "Length of the amplicon"),
        ("in_silico", E, "Specificity screened in silico"),
        ("pseudogenes", D, "Pseudogenes, retropseudogenes, other homologues"),
        ("alignment", D, "Sequence alignment"),
        ("secondary_structure", D, "Secondary structure of the amplicon"),
        ("primer_location", E, "Exon or intron of each primer"),
        ("splice_variants", E, "Splice variants that are amplified"),
    ),
    "qPCR oligonucleotides": (
        ("oligonucleotides", E, "Primer sequences"),
        ("rtprimerdb", D, "RTPrimerDB number"),
        ("probe", D, "Probe sequences (strongly encouraged)"),
        ("modifications", E, "Place and kind of any modification"),
        ("oligo_maker", D, "Maker of the oligonucleotides"),
        ("oligo_purification", D, "How they were purified"),
    ),
    "qPCR protocol": (
        ("reaction", E, "Complete reaction conditions"),
        ("reaction_volume", E, "Volume of the reaction, amount of cDNA or DNA"),
        ("reaction_concentrations", E, "Concentrations of primers, probe, magnesium and dNTP"),
        ("polymerase", E, "Polymerase and its concentration"),
        ("buffer", E, "Buffer or kit, and its maker"),
        ("buffer_composition", D, "What the buffer is made of"),
        ("additives", E, "Additives (SYBR Green I, DMSO, others)"),
        ("plates", D, "Maker and catalogue number of plates or tubes"),
        ("thermocycling", E, "Complete thermocycling parameters"),
        ("setup", D, "Set up by hand or robot"),
        ("instrument", E, "Maker of the instrument"),
    ),
    "qPCR validation": (
        ("optimisation", D, "Evidence of optimisation (gradients)"),
        ("specificity", E, "Specificity (gel, sequence, melting curve or digest)"),
        ("ntc_sybr", E, "With SYBR Green I: Cq of the control without template"),
        ("standard_curve", E, "Standard curves: slope and intercept"),
        ("efficiency", E, "Efficiency from the slope"),
        ("efficiency_interval", D, "Interval or standard error of the efficiency"),
        ("standard_curve_r2", E, "R² of the standard curve"),
        ("linear_range", E, "Linear dynamic range"),
        ("lowest_variation", E, "Variation of Cq at the lower limit"),
        ("range_intervals", D, "Intervals throughout the range"),
        ("detection_limit", E, "Evidence for the limit of detection"),
        ("multiplex", E, "In a multiplex: efficiency and limit of detection of each assay"),
    ),
    "Data analysis": (
        ("analysis_program", E, "Program that analysed the runs: source, version"),
        ("cq_method", E, "How Cq was determined"),
        ("outliers", E, "How outliers were found and what became of them"),
        ("ntc", E, "Results of the controls without template"),
        ("reference_genes", E, "Number and choice of reference genes justified"),
        ("normalisation", E, "Method of normalisation"),
        ("biological_replicates", D, "Number and agreement of biological replicates"),
        ("technical_replicates", E, "Number and stage (reverse transcription, qPCR) of technical "
         "replicates"),
        ("repeatability", E, "Variation within the assay"),
        ("reproducibility", D, "Variation between assays"),
        ("power", D, "Power analysis"),
        ("statistics", E, "Statistical methods behind significance"),
        ("statistics_software", E, "Software: source, version"),
        ("raw_data", D, "Cq or raw data submitted as RDML"),
    ),
}  # fmt: skip

ITEMS: tuple[Item, ...] = tuple(
    Item(key=key, section=section, importance=importance, text=text)
    for section, entries in _LIST.items()
    for key, importance, text in entries
)
