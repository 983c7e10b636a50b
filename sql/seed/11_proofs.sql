-- What can be checked: kinds of credentials, what training was about, and what follows from both. `state_…` rows are permission to practise.

insert into credential_kind (position, kind, label, meaning, checked_how, validity, profession, offered, basis) values
    (1, 'state_license', 'State license', 'The state lets this person practice massage.', 'On the state board’s register or in its open data', '1 to 3 years, by state', true, true,
        'ABMP, list of state rules, 2025'),
    (2, 'state_registration', 'State registration', 'Listed by the state. No training or exam is needed for it (Vermont).', 'With the Vermont Office of Professional Regulation', '2 years', true, true,
        'ABMP, list of state rules, 2025'),
    (3, 'state_certification', 'State certificate', 'A certificate set up by law that nobody has to hold (California): 500 hours of school and a background check, no exam. Some cities ask for it.',
        'On the California Massage Therapy Council’s look-up page', '2 years', true, true, 'ABMP, list of state rules, 2025; camtc.org'),
    (4, 'local_permit', 'City or county permit', 'Permission of a city or county, where the state has no rule of its own (Kansas, Minnesota, Wyoming, parts of California).',
        'By the document alone', 'usually 1 year', true, true, 'ABMP on Kansas, 2024; the rest general knowledge'),
    (5, 'statutory_register', 'Entry in a statutory register', 'Listed by a college set up by law, which alone may give the title (some provinces of Canada).', 'On the college’s public register', '1 year', true, true,
        'College of Massage Therapists of Ontario'),
    (6, 'accredited_register', 'Entry in an accredited register', 'Listed in a register that the Professional Standards Authority accredits (United Kingdom). The register is accredited, not the person.',
        'On the register’s search page', '1 year', false, true, 'CNHC; FHT'),
    (7, 'board_certification', 'Board certification', 'The highest voluntary certificate in the United States, from the National Certification Board: exam, background check, 24 hours of training every 2 years.',
        'In the National Certification Board’s public directory', '2 years', false, true, 'ncbtmb.org'),
    (8, 'specialty_certificate', 'Specialty certificate', 'A certificate for one field, for instance pain and palliative care.', 'In the issuer’s directory, or by the document', 'varies', false, true,
        'Massage Today, 2017'),
    (9, 'ce_course', 'Training course', 'A course after school, with its hours and what it was about.', 'By the certificate: title, date, hours, provider and its number', 'counts within its renewal period', false, true, 'ncbtmb.org'),
    (10, 'education', 'Education', 'Where and how long they trained. Never a badge alone, because diplomas can be bought.', 'By the document', 'does not end', false, true,
        'Federation of State Massage Therapy Boards, report on trafficking, 2017'),
    (11, 'association_membership', 'Association membership', 'Member of a professional association: a code of ethics, often insurance. Not a license.', 'In the association’s directory, or by the member card', '1 year', false, true,
        'the associations’ own pages'),
    (12, 'insurance', 'Liability insurance', 'Pays if somebody comes to harm.', 'By the document with its last day, or by a call to the insurer', '1 year', false, true, 'CThA; general knowledge'),
    (13, 'background_check', 'Background check', 'Identity and criminal record were looked at.', 'With whoever made it', '1 to 3 years', false, true, 'ncbtmb.org; ABMP, list of state rules, 2025'),
    (14, 'first_aid_cpr', 'First aid and CPR', 'Knows what to do in an emergency.', 'By the document with its last day', '1 to 3 years', false, true, 'Washington WAC 246-830-020'),
    (15, 'npi', 'National Provider Identifier', 'A number that names a health provider in the United States. It is no permission; most therapists who are paid in cash have none.',
        'On the free public look-up of the national registry', 'does not end', false, true, 'general knowledge'),
    (16, 'compact_license', 'Interstate compact license', 'One license for several states. Five states have agreed, it starts with seven: nobody has one yet.', 'On the compact’s register, once there is one', 'as long as the home license', true, false,
        'massagecompact.org'),
    (17, 'exam_mblex', 'Licensing exam (MBLEx)', 'Passed the exam that many states ask for. Not a permission, and there is nowhere to look it up: never a badge.', 'Not at all; a license implies it', 'does not end', false, false,
        'massagecompact.org; general knowledge')
on conflict (kind) do update set label = excluded.label, meaning = excluded.meaning, checked_how = excluded.checked_how, validity = excluded.validity, profession = excluded.profession,
    offered = excluded.offered, basis = excluded.basis, position = excluded.position where credential_kind.edited_at is null;

-- Everything in this table that may be a badge can be searched for.
insert into tag (id, kind, position, slug, label, about, basis)
select 800 + position, 'credential', position, kind, label, left(meaning, 600), basis from credential_kind where offered and position between 1 and 49 order by position
on conflict (kind, slug) do nothing;
select credential_tags();

insert into tag (id, kind, position, slug, label, about, part, basis)
select 760 + n, 'specialism', n, slug, label, about, part, basis from (values
    (0, 'nmt', 'Neuromuscular therapy', 'For instance a CNMT certificate; the hours are on it.', 'back_pain', 'general knowledge'),
    (1, 'orthopedic', 'Orthopedic and clinical massage', '', 'back_pain', 'general knowledge'),
    (2, 'mfr', 'Myofascial release', 'Courses come in levels.', 'back_pain', 'general knowledge'),
    (3, 'trigger-point', 'Trigger point therapy', 'For instance a CMTPT certificate.', 'back_pain', 'general knowledge'),
    (4, 'structural', 'Structural integration', 'For instance board certified (BCSI).', 'posture', 'general knowledge'),
    (5, 'low-back-course', 'Low back, sacroiliac joint, sciatica', 'Any approved course with one of these in its title.', 'back_pain', 'ncbtmb.org on approved providers; which courses count is our judgment'),
    (6, 'pain-science', 'Pain science and graded activity', 'How pain works, and how to come back to moving.', 'back_pain', 'general knowledge'),
    (7, 'pain-palliative', 'Pain and palliative care', 'A specialty certificate of the National Certification Board.', 'pain', 'Massage Today, 2017'),
    (8, 'medical', 'Medical massage', 'Working with clinicians.', 'shared_care', 'general knowledge'),
    (9, 'prenatal', 'Pregnancy massage', 'At least 16 hours.', 'pregnancy', 'general knowledge; the hours are our judgment'),
    (10, 'oncology', 'Oncology massage', 'Needed before anybody in cancer care is treated.', 'oncology', 'Massage Magazine on training; bodies general knowledge'),
    (11, 'lymph', 'Lymphedema and lymphatic drainage', 'For instance CLT-LANA.', 'lymph', 'general knowledge'),
    (12, 'geriatric', 'Massage for older people', '', 'older_adults', 'general knowledge'),
    (13, 'trauma', 'Trauma-informed practice', '', 'trauma_aware', 'general knowledge'),
    (14, 'ethics', 'Ethics and boundaries', 'Three hours every two years for board certification.', 'professional', 'ncbtmb.org'),
    (15, 'trafficking', 'Awareness of human trafficking', 'Needed to renew a license in Texas.', 'professional', 'Texas TDLR'),
    (16, 'instrument', 'Instruments, cupping, taping', '', 'technique', 'general knowledge'))
    x (n, slug, label, about, part, basis) order by n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, part = excluded.part, basis = excluded.basis, position = excluded.position
    where tag.edited_at is null;

insert into tag (id, kind, position, slug, label, about)
select first + n, kind, n, slug, label, about from (values
    (740, 'length', 0, '30', '30 minutes', 'One area, or a first try.'),
    (740, 'length', 1, '45', '45 minutes', ''),
    (740, 'length', 2, '60', '60 minutes', 'The length most trials used.'),
    (740, 'length', 3, '75', '75 minutes', ''),
    (740, 'length', 4, '90', '90 minutes', ''),
    (740, 'length', 5, '120', '2 hours', ''),
    (850, 'proof', 0, 'checked', 'Permission to practice checked', 'We looked up a license, registration or permit, and the check has not run out.'),
    (850, 'proof', 1, 'back_pain_training', 'Back pain training checked', 'We saw the certificate of a course about back pain.'),
    (860, 'booking', 0, 'instant', 'Book here at once', 'Shows free times. No calls needed.'),
    (860, 'booking', 1, 'new_clients', 'Takes new clients', ''),
    (860, 'booking', 2, 'home_visit', 'Comes to your home', 'Visits at home within some distance of the therapist’s place.'))
    x (first, kind, n, slug, label, about) order by first, n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, position = excluded.position where tag.edited_at is null;
