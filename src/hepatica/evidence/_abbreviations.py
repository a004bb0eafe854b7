"""Abbreviations of medical English, by what may follow their full stop.

Compared in lower case except where the capital makes the difference ("Ms. Able", "5 ms").
"""

from __future__ import annotations

# Always followed by what they belong to.
NEVER_LAST = frozenset(
    "al approx ca cf e.g eq eqs esp excl fig figs i.e incl resp suppl supp vit viz vs".split()
)
NEVER_LAST_CAPITAL = frozenset(
    "Amp Cap Capt Col Dr Drs Ft Gen Hon Inj Lt Messrs Mr Mrs Ms Mt Prof Sol St Ste Susp Syr "
    "Tab".split()
)

# Go with a number that follows: "Fig. 2", "No. 5", "vol. 12", "Jan. 3".
BEFORE_NUMBER = frozenset(
    "app append art cat ch chap ext item lot no nos nr p par para pg pp ref refs sec sect tab tbl "
    "tel v ver vol vols jan feb mar apr jun jul aug sep sept oct nov dec".split()
)

# May end a sentence, but only before a capitalised word: "twice daily b.i.d. The dose".
MAYBE_LAST = frozenset(
    "amp avg cap caps conc cont cv dept dil est etc gtt h hr hrs inj jr max min mo mos obs soln sp "
    "spp sr ssp std subsp susp tabs temp univ var wk wks wt yr yrs".split()
)

# Parts of the names of firms and journals: the next capital most often belongs to the name.
IN_NAMES = frozenset(
    "Acad Am Ann Arch Assoc Biochem Biol Br Bros Chem Clin Co Corp Crit Dig Dis Endocrinol Engl "
    "Epidemiol Eur Exp Gastroenterol Genet Hepatol Immunol Inc Int Intern Invest Ltd Med Metab "
    "Microbiol Mol Nat Natl Nephrol Opin Pathol Pharmacol Physiol Pract Proc Res Rev Scand Sci Soc "
    "Surg Ther Toxicol Transpl Univ Virol".split()
)

# Words after which a single capital is a name of a kind and not an initial: "hepatitis B."
NAMED_BY_A_LETTER = frozenset(
    "amphotericin apolipoprotein appendix arm case category cathepsin center centre child class "
    "coenzyme cohort complex component cyclosporin cyclosporine cystatin domain drug factor "
    "genotype grade group hemoglobin haemoglobin hepatitis ig immunoglobulin influenza lamin level "
    "model option panel part patient period phase plan protein pugh quartile receptor regimen "
    "region rule schedule score section series site stage step strain study subgroup subtype "
    "treatment trial troponin type virus vitamin".split()
)

# Lower-case words after which a single capital is an initial: "by J. Smith".
BEFORE_NAMES = frozenset(
    "after and as at author authors by colleague de del den der di for from in of or see the to "
    "van von with".split()
)

# Words that open a sentence and are no part of a name.
OPENERS = (
    "A|After|Albumin|All|Also|Although|Among|An|And|As|At|Because|Before|Both|But|By|Compared|"
    "Conclusions?|Consider|Creatinine|Despite|Do|During|Each|Finally|First|Follow|For|From|Give|"
    "However|If|In|It|Its|Liver|Many|Methods|Monitor|Moreover|Most|No|None|Norepinephrine|"
    "Noradrenaline|Not|Of|On|One|Only|Our|Overall|Participants|Patients|Renal|Results?|Second|"
    "Serum|Several|Since|Some|Stop|Such|Terlipressin|That|The|Their|Then|There|Therefore|These|"
    "They|Third|This|Those|Three|Thus|To|Treatment|Two|Under|Until|Use|Was|We|Were|What|When|"
    "Whereas|Whether|While|With|Without"
)

# Units after a number: "2. 25 mg" is one damaged number and not two sentences.
UNITS = (
    r"%|‰|°|[mµμnpk]?g\b|mcg\b|[mµμd]?L\b|[mµμnp]?mol\b|[mµμn]?M\b|mEq\b|IU\b|U\b|mm\b|cm\b|mmHg\b|"
    r"kPa\b|h\b|hours?\b|days?\b|weeks?\b|months?\b|years?\b|min\b|minutes?\b|times\b|[x×]\s?10"
)
