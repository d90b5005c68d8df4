"""What is found in a note, and what is left alone. All persons are made up."""

from collections.abc import Callable

import pytest

FOUND = [
    ("Mr. Alder Quimby reports pain.", "[NAME] reports pain."),
    ("Seen by Dr. Whitcombe-Ames today.", "Seen by [NAME] today."),
    ("Reviewed with Dr. Days.", "Reviewed with [NAME]."),
    ("QUIMBY, MARTHA D was seen.", "[NAME] was seen."),
    ("PATIENT NAME: QUIMBY, ART C", "PATIENT NAME: [NAME]"),
    ("Electronically signed by Ignatius Thistlewood, MD", "Electronically signed by [NAME], MD"),
    ("Her daughter Philippa drove her.", "Her daughter [NAME] drove her."),
    ("A 60-year-old man, Robert J., with gout", "A 60-year-old man, [NAME], with gout"),
    ("Attending: Jean-Luc de la Cruz, DO", "Attending: [NAME], DO"),
    ("seen by A. Means NP", "seen by [NAME] NP"),
    ("Patient: Margaret\nHolloway, stable", "Patient: [NAME], stable"),
    ("DR. SMITH saw him", "[NAME] saw him"),
    ("Priya Venkataraman is a 34 y/o F here for follow up.", "[NAME] is a 34 y/o F here for follow up."),
    ("pt Oluwaseun Adeyemi, 45M, c/o cough", "pt [NAME], 45M, c/o cough"),
    ("\u017baneta W\u00f3jcik (DOB 03.04.1980)", "[NAME] (DOB [DATE:1980])"),
    ("Spoke with Mohammed al-Rashid re: results", "Spoke with [NAME] re: results"),
    ("SMITH^JOHN^A 19500304", "[NAME] [DATE:1950]"),
    ("hey dr. patel i am fine", "hey dr. [NAME] i am fine"),
    ("Referring: K. Okonkwo, M.D., Ph.D.", "Referring: [NAME], M.D., Ph.D."),
    ("Ms. T was seen; Mr. B. agrees", "[NAME] was seen; [NAME] agrees"),
    ("MARTHA COLLINS SEEN AT ST MARYS HOSPITAL ON MAR 3", "[NAME] SEEN AT [ORGANIZATION] ON [DATE]"),
    ("Thank you for referring Nizar van der Berg, a pleasant man.", "Thank you for referring [NAME], a pleasant man."),
    ("doctor: did Kwabena come with you?", "doctor: did [NAME] come with you?"),
    ("patient: not great doctor Whitfield, my knee hurts", "patient: not great doctor [NAME], my knee hurts"),
    ("Tehrani, Mehrdad | 15-Feb-2025 | stable", "[NAME] | [DATE:2025] | stable"),
    ("Patient: Haruka\nLong\nUnit #: 123278", "Patient: [NAME]\n[NAME]\nUnit #: [MRN]"),
    ("GUARANTOR: DE LA ROSA, GUADALUPE", "GUARANTOR: [NAME]"),
    ("Name.......: OLUMIDE ZAPPAROV", "Name.......: [NAME]"),
    ("14:05 RN Kazlauskas: resting", "14:05 RN [NAME]: resting"),
    ("WAS TRANSFERRED FROM BLUE MESA HEALTH CENTER.", "WAS TRANSFERRED FROM [ORGANIZATION]."),
    ("seen at Our Lady of Sorrows Hospital today", "seen at [LOCATION] today"),
    ("Home address 88 Calle del Sol, Elko", "Home address [LOCATION], [LOCATION]"),
    ("works for Cobalt Mining Co. in sales", "works for [ORGANIZATION] in sales"),
    ("Room 412, bed 2", "Room [OTHER_ID], bed [OTHER_ID]"),
    ("SSN last four 6789", "SSN last four [SSN]"),
    ("fe80::1ff:fe23:4567:890a", "[IP]"),
    ("next appt Wed 1/6", "next appt Wed [DATE]"),
    ("Achterberg, Emeric / DOB: 01/02/1950", "[NAME] / DOB: [DATE:1950]"),
    ("on the 5th.", "on the [DATE]."),
    ("a nonagenarian", "a [AGE:90+]"),
    ("MRN: 12-34-56", "MRN: [MRN]"),
    ("SSN 123-45-6789", "SSN [SSN]"),
    ("SSN 999-88-7777", "SSN [SSN]"),
    ("Acct#: GRM-998877", "Acct#: [ACCOUNT]"),
    ("insurance ID is XQ-998877.", "insurance ID is [HEALTH_PLAN]."),
    ("member ID 7D9M-TE6-WK96", "member ID [HEALTH_PLAN]"),
    ("Driver's license D5087118", "Driver's license [LICENSE]"),
    ("vehicle plate BLR 5198.", "vehicle plate [VEHICLE]."),
    ("pacemaker (S/N XB3561542)", "pacemaker ([DEVICE])"),
    ("call (555) 123-4567 x12", "call [PHONE]"),
    ("Fax 904-313-7192", "Fax [FAX]"),
    ("write to q.alder@example.org.", "write to [EMAIL]."),
    ("via https://portal.example.org/u/38875.", "via [URL]."),
    ("from 19.165.246.98.", "from [IP]."),
    ("on March 5, 2021", "on [DATE:2021]"),
    ("on Jan 9th '23", "on [DATE]"),
    ("on 2021-03-05", "on [DATE:2021]"),
    ("on 3/5/21", "on [DATE]"),
    ("on 05-Mar-2021", "on [DATE:2021]"),
    ("seen last on 3/1.", "seen last on [DATE]."),
    ("since Saturday", "since [DATE]"),
    ("in March he fell", "in [DATE] he fell"),
    ("Saturday, March 5, 2021", "[DATE:2021]"),
    ("Her father died at 96 of heart failure", "Her father died at [AGE:90+] of heart failure"),
    ("a 94-year-old woman", "a [AGE:90+]-year-old woman"),
    ("DOB: 03/04/1931, seen 2023", "DOB: [DATE], seen 2023"),
    ("born in 1931, seen in 2023", "born in [AGE:90+], seen in 2023"),
    ("Lives on 1454 County Road 12 Blvd near Hollowford.", "Lives on [LOCATION] near [LOCATION]."),
    ("in Springfield, IL 62704", "in [LOCATION:IL] [ZIP:627]"),
    ("in Casper, WY 82101", "in [LOCATION:WY] [ZIP:000]"),
    ("admitted to St. Luke's Hospital", "admitted to [ORGANIZATION]"),
    ("He works as a driver for Alder Trucking", "He works as a driver for [ORGANIZATION]"),
]

LEFT_ALONE = [
    "Foley catheter, Gleason score 7, McBurney point, Crohn's disease, Wells score of 3.",
    "Strength 5/5, pain 9/10, murmur 2/6, BP 120/80, visual acuity 20/20.",
    "Alzheimer's disease since 2019; he will walk and may march.",
    "COPD, HTN and CHF are stable on metformin 500 mg, Lasix 40 mg and lisinopril.",
    "Glucose 108, platelets 250000, WBC 7.5, temp 98.6, EF 55 %.",
    "CPT X0001-25 with ICD-10 E11.9 and HCPCS J1100; SARS-CoV-2 negative; NCT01234567.",
    "A 45-year-old man, 3 days post-op, follow-up in 2 weeks.",
    "Heart, Lungs, Abdomen: normal. Left Knee: effusion.",
    "MR angiography and MS Contin; 14 Fr catheter.",
    "NDC 0002-8215-01; MS Contin; Singulair, Allegra, Zyrtec; Tennessee, Georgia, Virginia.",
    "Nausea, Vomiting\nDysphagia, Odynophagia\n",
    "CC: Palpitations. RE: Fibromyalgia.",
    "Heart rate 96, saturation 98% at rest.",
    "A chest X-ray was normal; Tc-99m renogram; heart rate of 110m.",
    "Lesion reduced to 1/3 of its size, acuity improved to 4/10.",
    "Admitted to the Intensive Care Unit, then referred to Internal Medicine and Palliative Care.",
    "ER room 64 bpm; glucose 118 mg/dL (69-100), urea normal.",
    "We gave Zosyn and then tried Verapamilum 40 mg; Kerlix applied; PVCs and UTIs resolved.",
    "Left knee: positive Lachman, negative McMurray; Kellgren-Lawrence grade 2.",
    "Nurse notified. Endorses pain. Referrals were sent; the X-ray and T-score were normal.",
    "Born in Morocco, travelled to Sierra Leone; candidiasis by Candida albicans.",
    "Brief Hospital Course: Prescribed the patient Carafate and Protonix.",
    "American College of Rheumatology criteria; Boston Scientific stent; JC virus; IgM positive.",
]


@pytest.mark.parametrize(("note", "expected"), FOUND)
def test_identifiers_of_every_kind_become_tags(masked: Callable[[str], str], note: str, expected: str) -> None:
    assert masked(note) == expected


@pytest.mark.parametrize("note", LEFT_ALONE)
def test_clinical_words_measurements_and_codes_stay(masked: Callable[[str], str], note: str) -> None:
    assert masked(note) == note


def test_a_name_found_once_is_found_in_all_of_the_note(masked: Callable[[str], str]) -> None:
    note = "Dr. Thistlewood was called.\n\nPLAN\nThistlewood agrees with surgery."
    assert "Thistlewood" not in masked(note)


def test_names_are_followed_past_the_piece_a_long_note_is_cut_into(masked: Callable[[str], str]) -> None:
    note = "Dr. Thistlewood was called.\n" + "No acute distress.\n\n" * 4000 + "Then Thistlewood left."
    assert "Thistlewood" not in masked(note)
