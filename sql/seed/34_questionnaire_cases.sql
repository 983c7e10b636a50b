-- What must come out of given answers, thought out by hand from the guidance behind the rules and not taken from what the program says. A new version of the
-- questionnaire is tried against all of them before it is published. Answers that are not named were not given, and nothing counts as missing for that. The
-- day is 22 November 2026. `note` is the day of a clinician's note, `call` that of a call which the therapist recorded.

create or replace function pg_temp.judged(name text, answers text, outcome text, rules text, urgency text default null, pressure int default null, note date default null,
    call date default null) returns void language sql as $$
    insert into questionnaire_case (name, position, answers, today, note_on, call_on, outcome, urgency, rules, pressure_max)
    values ($1, (select coalesce(max(position), 0) + 1 from questionnaire_case), $2::jsonb, '2026-11-22', $7, $8, $3, $5, string_to_array($4, ' '), $6)
    on conflict do nothing $$;

-- --- Nerves low in the spine
select pg_temp.judged('A numb saddle is an emergency',
    '{"RF01": "yes"}', 'STOP', 'RF-01', urgency => 'emergency');
select pg_temp.judged('Not being sure about a numb saddle is one too',
    '{"RF01": "not_sure"}', 'STOP', 'RF-01', urgency => 'emergency');
select pg_temp.judged('Trouble with bladder or bowels is an emergency',
    '{"RF02": "yes"}', 'STOP', 'RF-02', urgency => 'emergency');
select pg_temp.judged('So is not being sure about it',
    '{"RF02": "not_sure"}', 'STOP', 'RF-02', urgency => 'emergency');
select pg_temp.judged('Both legs together are an emergency',
    '{"RF03": "both_legs"}', 'STOP', 'RF-03a', urgency => 'emergency');
select pg_temp.judged('A leg that gets weaker is for today',
    '{"RF03": "one_leg_weak", "RF03b": "yes"}', 'STOP', 'RF-03b', urgency => 'same_day');
select pg_temp.judged('Not knowing whether it gets weaker is for today',
    '{"RF03": "one_leg_weak", "RF03b": "not_sure"}', 'STOP', 'RF-03b', urgency => 'same_day');
select pg_temp.judged('Not knowing about the legs is for today',
    '{"RF03": "not_sure"}', 'STOP', 'RF-03b', urgency => 'same_day');
select pg_temp.judged('A leg that has long been weak needs a clinician''s word',
    '{"RF03": "one_leg_weak", "RF03b": "no"}', 'CLEARANCE', 'RF-03c', pressure => 3);
select pg_temp.judged('A change of feeling during sex is an emergency',
    '{"RF04": "yes"}', 'STOP', 'RF-04', urgency => 'emergency');
select pg_temp.judged('Not wanting to say is respected, with a word of warning',
    '{"RF04": "prefer_not"}', 'PROCEED', 'RF-04x');
select pg_temp.judged('All signs of squeezed nerves together are listed together',
    '{"RF01": "yes", "RF02": "yes", "RF03": "both_legs", "RF04": "yes"}', 'STOP', 'RF-01 RF-02 RF-03a RF-04', urgency => 'emergency');
select pg_temp.judged('Of two stops the more urgent one leads: bladder before a weaker leg',
    '{"RF02": "not_sure", "RF03": "one_leg_weak", "RF03b": "yes"}', 'STOP', 'RF-02 RF-03b', urgency => 'emergency');
select pg_temp.judged('An answer to a question that is not shown counts for nothing: legs are fine',
    '{"RF03": "fine", "RF03b": "yes"}', 'PROCEED', 'OK-00');
select pg_temp.judged('All well',
    '{"RF01": "no", "RF02": "no", "RF03": "fine", "RF04": "no", "RF05": "no", "RF06": "no", "RF07": "no", "RF08": "no", "RF09": "no", "RF10": "no", "RF11": "no", "RF12": "no", "RF13": "no", "RF14": "no", "RF16": "no"}', 'PROCEED', 'OK-00');

-- --- Breaks
select pg_temp.judged('A hard knock that nobody checked is for today',
    '{"RF05": "yes", "RF05a": "no"}', 'STOP', 'RF-05a', urgency => 'same_day');
select pg_temp.judged('A hard knock that was checked means short and gentle',
    '{"RF05": "yes", "RF05a": "cleared"}', 'MODIFY', 'RF-05b', pressure => 2);
select pg_temp.judged('A break that was found has to heal',
    '{"RF05": "yes", "RF05a": "fracture"}', 'CLEARANCE', 'RF-05c');
select pg_temp.judged('Without a knock the answer about the check counts for nothing',
    '{"RF05": "no", "RF05a": "fracture"}', 'PROCEED', 'OK-00');
select pg_temp.judged('A sudden start in thin bones may be a crack, also when not sure',
    '{"RF06": "not_sure"}', 'CLEARANCE', 'RF-06', urgency => 'soon');
select pg_temp.judged('A bone that may be broken needs an X-ray today',
    '{"H04": "suspected", "H04a": "limb"}', 'STOP', 'HE-04a', urgency => 'same_day');
select pg_temp.judged('A healing spine needs a written OK',
    '{"H04": "healing", "H04a": "spine_rib_pelvis_hip"}', 'CLEARANCE', 'HE-04b');
select pg_temp.judged('A healing limb is kept away from',
    '{"H04": "healing", "H04a": "limb"}', 'MODIFY', 'HE-04c');
select pg_temp.judged('A bone that healed long ago limits nothing',
    '{"H04": "old"}', 'PROCEED', 'OK-00');

-- --- Infection, cancer, weak signs
select pg_temp.judged('Fever with back pain is for today',
    '{"RF07": "yes"}', 'STOP', 'RF-07', urgency => 'same_day');
select pg_temp.judged('Fever and weak defenses are an emergency',
    '{"RF07": "yes", "RF11": "yes"}', 'STOP', 'RF-07 RF-11b', urgency => 'emergency', pressure => 3);
select pg_temp.judged('Weight loss alone asks for a clinician''s word',
    '{"RF08": "yes"}', 'CLEARANCE', 'RF-08', urgency => 'soon');
select pg_temp.judged('Not being sure of weight loss is a question for the therapist',
    '{"RF08": "not_sure"}', 'MODIFY', 'RF-08u');
select pg_temp.judged('Pain day and night alone asks for a clinician''s word',
    '{"RF09": "yes"}', 'CLEARANCE', 'RF-09', urgency => 'soon');
select pg_temp.judged('Not being sure of the nights is a question for the therapist',
    '{"RF09": "not_sure"}', 'MODIFY', 'RF-09u');
select pg_temp.judged('Past cancer and new pain stop for some days',
    '{"RF10": "yes", "RF10a": "yes"}', 'STOP', 'RF-10', urgency => 'soon');
select pg_temp.judged('Past cancer, maybe new pain and a weak leg are for today',
    '{"RF10": "yes", "RF10a": "not_sure", "RF03": "one_leg_weak", "RF03b": "no"}', 'STOP', 'RF-03c RF-10', urgency => 'same_day', pressure => 3);
select pg_temp.judged('Past cancer, new pain and pins and needles are for today',
    '{"RF10": "yes", "RF10a": "yes", "RF03": "fine", "P02": ["radiating"], "P03": ["thigh"], "P03a": "steady"}', 'STOP', 'RF-10', urgency => 'same_day');
select pg_temp.judged('Past cancer and the same old pain go on to the questions about care',
    '{"RF10": "yes", "RF10a": "no"}', 'PROCEED', 'OK-00');
select pg_temp.judged('Weak defenses alone mean lighter work',
    '{"RF11": "yes"}', 'MODIFY', 'RF-11b', pressure => 3);
select pg_temp.judged('Weak defenses and pain day and night stop',
    '{"RF11": "yes", "RF09": "yes"}', 'STOP', 'RF-09 RF-11a X-COMBO', urgency => 'soon');
select pg_temp.judged('Weak defenses, weight loss and fever are an emergency',
    '{"RF11": "yes", "RF08": "yes", "RF07": "yes"}', 'STOP', 'RF-07 RF-08 RF-11a X-COMBO', urgency => 'emergency');
select pg_temp.judged('Weak defenses and growing numbness stop',
    '{"RF11": "yes", "P02": ["radiating"], "P03": ["thigh"], "P03a": "worse"}', 'STOP', 'RF-11a PA-03b', urgency => 'soon');
select pg_temp.judged('Not wanting to say about weak defenses limits nothing',
    '{"RF11": "prefer_not"}', 'PROCEED', 'OK-00');
select pg_temp.judged('A new lump is to be seen, also when not sure',
    '{"RF14": "not_sure"}', 'CLEARANCE', 'RF-14', urgency => 'soon');

-- --- Heart, clot, stroke
select pg_temp.judged('Chest pain now is an emergency',
    '{"RF12": "yes"}', 'STOP', 'RF-12', urgency => 'emergency');
select pg_temp.judged('A leg that may hold a clot is for today, also when not sure',
    '{"RF13": "not_sure"}', 'STOP', 'RF-13', urgency => 'same_day');
select pg_temp.judged('A swollen leg with chest pain is an emergency',
    '{"RF12": "yes", "RF13": "yes"}', 'STOP', 'RF-12 RF-13', urgency => 'emergency');
select pg_temp.judged('Signs of a stroke are an emergency',
    '{"RF16": "yes"}', 'STOP', 'RF-16', urgency => 'emergency');
select pg_temp.judged('A clot in the last six months needs a written OK',
    '{"H01": "recent"}', 'CLEARANCE', 'HE-01a', pressure => 2);
select pg_temp.judged('A clot of long ago means no deep leg work',
    '{"H01": "past"}', 'MODIFY', 'HE-01b');
select pg_temp.judged('Not knowing about a clot is to be found out',
    '{"H01": "not_sure"}', 'CLEARANCE', 'HE-01c');

-- --- Two weak signs are stronger than one
select pg_temp.judged('Weight loss and a new lump stop',
    '{"RF08": "yes", "RF14": "yes"}', 'STOP', 'RF-08 RF-14 X-COMBO', urgency => 'soon');
select pg_temp.judged('Weight loss and maybe a lump do not: only a yes counts twice',
    '{"RF08": "yes", "RF14": "not_sure"}', 'CLEARANCE', 'RF-08 RF-14', urgency => 'soon');
select pg_temp.judged('Maybe weight loss and pain at night do not either',
    '{"RF08": "not_sure", "RF09": "yes"}', 'CLEARANCE', 'RF-08u RF-09', urgency => 'soon');
select pg_temp.judged('The first back pain ever, at 55 today, and pain day and night stop',
    '{"RF09": "yes", "P04a": "yes", "A01": "1971-11-22"}', 'STOP', 'RF-09 X-COMBO', urgency => 'soon');
select pg_temp.judged('The same a day before the 55th birthday does not',
    '{"RF09": "yes", "P04a": "yes", "A01": "1971-11-23"}', 'CLEARANCE', 'RF-09', urgency => 'soon');
select pg_temp.judged('Nor when it is not the first time',
    '{"RF09": "yes", "P04a": "no", "A01": "1971-11-22"}', 'CLEARANCE', 'RF-09', urgency => 'soon');
select pg_temp.judged('The first back pain ever at 70 alone is no reason to stop',
    '{"P04a": "yes", "A01": "1956-01-01"}', 'PROCEED', 'OK-00');

-- --- What a clinician's word can lower
select pg_temp.judged('Weight loss that a doctor called fine twelve days ago',
    '{"RF08": "yes", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'MODIFY', 'RF-08 X-DOWN');
select pg_temp.judged('The word holds for thirty days',
    '{"RF08": "yes", "RF15": "ok", "RF15_date": "2026-10-23", "RF15_clinician": "Dr. Grey"}', 'MODIFY', 'RF-08 X-DOWN');
select pg_temp.judged('And not for thirty-one',
    '{"RF08": "yes", "RF15": "ok", "RF15_date": "2026-10-22", "RF15_clinician": "Dr. Grey"}', 'CLEARANCE', 'RF-08', urgency => 'soon');
select pg_temp.judged('A word of tomorrow is none',
    '{"RF08": "yes", "RF15": "ok", "RF15_date": "2026-11-23", "RF15_clinician": "Dr. Grey"}', 'CLEARANCE', 'RF-08', urgency => 'soon');
select pg_temp.judged('A word of nobody is none',
    '{"RF08": "yes", "RF15": "ok", "RF15_date": "2026-11-10"}', 'CLEARANCE', 'RF-08', urgency => 'soon');
select pg_temp.judged('Waiting for a word is none',
    '{"RF08": "yes", "RF15": "waiting"}', 'CLEARANCE', 'RF-08', urgency => 'soon');
select pg_temp.judged('A stop that can wait some days is lowered with what it is made of',
    '{"RF08": "yes", "RF09": "yes", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'MODIFY', 'RF-08 RF-09 X-COMBO X-DOWN');
select pg_temp.judged('The limits of what was lowered stay',
    '{"RF03": "one_leg_weak", "RF03b": "no", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'MODIFY', 'RF-03c X-DOWN', pressure => 3);
select pg_temp.judged('A stop for today is not lowered, whatever else is',
    '{"RF07": "yes", "RF08": "yes", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'STOP', 'RF-07 RF-08 X-DOWN', urgency => 'same_day');
select pg_temp.judged('An emergency is not lowered',
    '{"RF01": "yes", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'STOP', 'RF-01', urgency => 'emergency');
select pg_temp.judged('Cancer with a nerve symptom is for today, and so not lowered',
    '{"RF10": "yes", "RF10a": "yes", "RF03": "fine", "P02": ["radiating"], "P03": ["thigh"], "P03a": "steady", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'STOP', 'RF-10', urgency => 'same_day');
select pg_temp.judged('A recent clot is not lowered by what was said',
    '{"H01": "recent", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'CLEARANCE', 'HE-01a', pressure => 2);
select pg_temp.judged('But by a note, and its limits stay',
    '{"H01": "recent"}', 'MODIFY', 'HE-01a X-DOWN', pressure => 2, note => '2026-11-20');
select pg_temp.judged('Not by a call',
    '{"H01": "recent"}', 'CLEARANCE', 'HE-01a', pressure => 2, call => '2026-11-20');
select pg_temp.judged('Nor by a note of two months ago',
    '{"H01": "recent"}', 'CLEARANCE', 'HE-01a', pressure => 2, note => '2026-09-20');
select pg_temp.judged('A call lifts heart failure',
    '{"H03": ["heart_failure_angina"]}', 'MODIFY', 'HE-03e X-DOWN', pressure => 2, call => '2026-11-20');
select pg_temp.judged('A call lifts single weak signs, but no stop',
    '{"RF08": "yes", "RF09": "yes"}', 'STOP', 'RF-08 RF-09 X-COMBO X-DOWN', urgency => 'soon', call => '2026-11-20');
select pg_temp.judged('A healing spine is not lifted by what was said',
    '{"H04": "healing", "H04a": "spine_rib_pelvis_hip", "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'CLEARANCE', 'HE-04b');
select pg_temp.judged('A flare is lifted by a clinician''s word, and the joints are left alone',
    '{"H14": ["flare_now", "rheumatoid"], "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'MODIFY', 'X-DOWN HE-14a HE-14b', pressure => 3);
select pg_temp.judged('A cold is lifted by time, not by a note',
    '{"H07": "cold_flu"}', 'CLEARANCE', 'HE-07a', note => '2026-11-21');

-- --- Age
select pg_temp.judged('At 15, a day before the birthday, a clinician''s OK is needed',
    '{"A01": "2010-11-23", "A02": "child", "A03_consent_signed": "yes"}', 'CLEARANCE', 'AG-16', pressure => 2);
select pg_temp.judged('At 16 today the guardian''s signature is enough',
    '{"A01": "2010-11-22", "A02": "child", "A03_consent_signed": "yes"}', 'MODIFY', 'AG-18');
select pg_temp.judged('At 17 without it nothing can be booked',
    '{"A01": "2008-11-23", "A03_consent_signed": "no"}', 'CLEARANCE', 'AG-18 AG-18x');
select pg_temp.judged('At 17 with no answer about it either',
    '{"A01": "2008-11-23"}', 'CLEARANCE', 'AG-18 AG-18x');
select pg_temp.judged('At 18 today nobody has to sign',
    '{"A01": "2008-11-22"}', 'PROCEED', 'OK-00');
select pg_temp.judged('At 15 without a signature both are missing',
    '{"A01": "2011-06-01", "A03_consent_signed": "no"}', 'CLEARANCE', 'AG-16 AG-18x', pressure => 2);
select pg_temp.judged('No note of a doctor replaces the guardian',
    '{"A01": "2009-06-01", "A03_consent_signed": "no"}', 'CLEARANCE', 'AG-18 AG-18x', note => '2026-11-20');
select pg_temp.judged('An adult answers for herself',
    '{"A02": "adult"}', 'CLEARANCE', 'AD-01');

-- --- The pain
select pg_temp.judged('Pain round to the chest is to be checked',
    '{"P02": ["radiating"], "P03": ["chest_or_belly"], "P03a": "none"}', 'CLEARANCE', 'PA-03a');
select pg_temp.judged('Growing numbness is to be checked within days',
    '{"P02": ["radiating"], "P03": ["buttock"], "P03a": "worse"}', 'CLEARANCE', 'PA-03b', urgency => 'soon');
select pg_temp.judged('Pain below the knee, nothing growing: gently',
    '{"RF03": "fine", "P02": ["radiating"], "P03": ["thigh", "below_knee"], "P03a": "steady"}', 'MODIFY', 'PA-03c', pressure => 3);
select pg_temp.judged('With a weak leg the leg decides, not the pattern',
    '{"RF03": "one_leg_weak", "RF03b": "no", "P02": ["radiating"], "P03": ["foot"], "P03a": "none"}', 'CLEARANCE', 'RF-03c', pressure => 3);
select pg_temp.judged('Where nothing spreads, what was said of spreading counts for nothing',
    '{"RF03": "fine", "P02": ["ache"], "P03": ["chest_or_belly"], "P03a": "worse"}', 'PROCEED', 'OK-00');
select pg_temp.judged('A slipped disc without nerve signs: no strong pressure',
    '{"RF03": "fine", "P06": ["herniated_disc"]}', 'MODIFY', 'PA-06a', pressure => 3);
select pg_temp.judged('A slipped disc with growing numbness is to be checked',
    '{"RF03": "fine", "P06": ["herniated_disc"], "P02": ["radiating"], "P03": ["thigh"], "P03a": "worse"}', 'CLEARANCE', 'PA-03b', urgency => 'soon');
select pg_temp.judged('Stenosis decides how to lie, whatever else was told',
    '{"P06": ["stenosis", "scoliosis"]}', 'MODIFY', 'PA-06b');
select pg_temp.judged('Scoliosis and a sore joint alone limit nothing',
    '{"P06": ["scoliosis", "si_joint"]}', 'PROCEED', 'PA-06e');
select pg_temp.judged('Fibromyalgia: light at the first visit, not for ever',
    '{"P06": ["fibromyalgia"]}', 'MODIFY', 'PA-06d');
select pg_temp.judged('Very strong new pain: short and gentle',
    '{"P07": 9, "P04": "acute"}', 'MODIFY', 'PA-07', pressure => 2);
select pg_temp.judged('Strong new pain of 8 is not very strong',
    '{"P07": 8, "P04": "acute"}', 'PROCEED', 'OK-00');
select pg_temp.judged('Very strong old pain is no new pain',
    '{"P07": 10, "P04": "chronic"}', 'PROCEED', 'OK-00');

-- --- Blood
select pg_temp.judged('Blood thinner and aspirin: the lighter limit holds',
    '{"H02": ["anticoagulant", "antiplatelet"]}', 'MODIFY', 'HE-02a HE-02b', pressure => 2);
select pg_temp.judged('Not knowing about bleeding is to be found out',
    '{"H02": ["not_sure"]}', 'CLEARANCE', 'HE-02c', pressure => 1);

-- --- Blood pressure
select pg_temp.judged('Upper number 180: for today',
    '{"H03": ["htn_controlled"], "H03a_systolic": 180, "H03a_diastolic": 80}', 'STOP', 'HE-03a', urgency => 'same_day');
select pg_temp.judged('Upper number 179: a clinician''s word',
    '{"H03": ["htn_controlled"], "H03a_systolic": 179, "H03a_diastolic": 80}', 'CLEARANCE', 'HE-03b', pressure => 2);
select pg_temp.judged('Lower number 120: for today',
    '{"H03": ["htn_controlled"], "H03a_systolic": 150, "H03a_diastolic": 120}', 'STOP', 'HE-03a', urgency => 'same_day');
select pg_temp.judged('Lower number 119: a clinician''s word',
    '{"H03": ["htn_controlled"], "H03a_systolic": 150, "H03a_diastolic": 119}', 'CLEARANCE', 'HE-03b', pressure => 2);
select pg_temp.judged('Both numbers far too high are listed as both',
    '{"H03": ["htn_controlled"], "H03a_systolic": 185, "H03a_diastolic": 110}', 'STOP', 'HE-03a HE-03b', urgency => 'same_day', pressure => 2);
select pg_temp.judged('160 over 90 is too high',
    '{"H03": ["htn_controlled"], "H03a_systolic": 160, "H03a_diastolic": 90}', 'CLEARANCE', 'HE-03b', pressure => 2);
select pg_temp.judged('159 over 99 is not',
    '{"H03": ["htn_controlled"], "H03a_systolic": 159, "H03a_diastolic": 99}', 'PROCEED', 'HE-03c');
select pg_temp.judged('Controlled and no reading: go on',
    '{"H03": ["htn_controlled"]}', 'PROCEED', 'HE-03c');
select pg_temp.judged('Not controlled and no reading: a clinician''s word',
    '{"H03": ["htn_uncontrolled"]}', 'CLEARANCE', 'HE-03b', pressure => 2);
select pg_temp.judged('185 and chest pain is an emergency',
    '{"RF12": "yes", "H03": ["htn_uncontrolled"], "H03a_systolic": 185}', 'STOP', 'RF-12 HE-03a HE-03b', urgency => 'emergency', pressure => 2);
select pg_temp.judged('A reading without high blood pressure is not asked and counts for nothing',
    '{"H03": ["none"], "H03a_systolic": 200}', 'PROCEED', 'OK-00');

-- --- Operations
select pg_temp.judged('Spine operation 5 weeks ago, no word of the surgeon',
    '{"H05": "spine_op", "H05a_weeks": 5, "H05a_ok": "no"}', 'CLEARANCE', 'HE-05a', pressure => 2);
select pg_temp.judged('Spine operation 5 weeks ago, surgeon agrees',
    '{"H05": "spine_op", "H05a_weeks": 5, "H05a_ok": "yes"}', 'MODIFY', 'HE-05g', pressure => 2);
select pg_temp.judged('Spine operation 6 weeks ago, no word',
    '{"H05": "spine_op", "H05a_weeks": 6, "H05a_ok": "no"}', 'CLEARANCE', 'HE-05b');
select pg_temp.judged('Spine operation 6 weeks ago, surgeon agrees',
    '{"H05": "spine_op", "H05a_weeks": 6, "H05a_ok": "yes"}', 'MODIFY', 'HE-05c', pressure => 3);
select pg_temp.judged('Spine operation 12 weeks ago, no word',
    '{"H05": "spine_op", "H05a_weeks": 12, "H05a_ok": "no"}', 'CLEARANCE', 'HE-05b');
select pg_temp.judged('Other operation 5 weeks ago, rather told in person',
    '{"H05": "other_op", "H05a_weeks": 5, "H05a_ok": "in_person"}', 'CLEARANCE', 'HE-05a HE-00', pressure => 2);
select pg_temp.judged('Other operation 6 weeks ago needs no word',
    '{"H05": "other_op", "H05a_weeks": 6, "H05a_ok": "no"}', 'MODIFY', 'HE-05c', pressure => 3);
select pg_temp.judged('Injection a week ago: not pressed',
    '{"H05": "spine_injection", "H05a_weeks": 1, "H05a_ok": "no"}', 'MODIFY', 'HE-05d');
select pg_temp.judged('Injection two weeks ago limits nothing',
    '{"H05": "spine_injection", "H05a_weeks": 2, "H05a_ok": "no"}', 'PROCEED', 'OK-00');
select pg_temp.judged('Metalwork stays a limit after healing',
    '{"H05": "spine_op", "H05a_weeks": 8, "H05a_ok": "yes", "H05b": "yes"}', 'MODIFY', 'HE-05c HE-05e', pressure => 3);

-- --- Skin and infections
select pg_temp.judged('Hot spreading skin is for today, beside a wound',
    '{"H06": ["open_wound", "hot_spreading"], "H06a": ["calf_l"]}', 'STOP', 'HE-06a HE-06b', urgency => 'same_day');
select pg_temp.judged('A catching rash waits until it has cleared',
    '{"H06": ["infected_rash"], "H06a": ["neck"]}', 'CLEARANCE', 'HE-06c');
select pg_temp.judged('A bruise is kept away from',
    '{"H06": ["bruise"], "H06a": ["low_back_l"]}', 'MODIFY', 'HE-06d');
select pg_temp.judged('A cold waits',
    '{"H07": "cold_flu"}', 'CLEARANCE', 'HE-07a');

-- --- Bones
select pg_temp.judged('Thin bones: light',
    '{"H09": "osteoporosis"}', 'MODIFY', 'HE-09b', pressure => 2);
select pg_temp.judged('Somewhat thin bones: moderate',
    '{"H09": "osteopenia"}', 'MODIFY', 'HE-09a', pressure => 3);
select pg_temp.judged('Thin bones that broke: a doctor''s word, feather-light',
    '{"H09": "osteoporosis_fracture"}', 'CLEARANCE', 'HE-09c', pressure => 1);
select pg_temp.judged('Not knowing about bones at 65 today: moderate',
    '{"H09": "not_sure", "A01": "1961-11-22"}', 'MODIFY', 'HE-09d', pressure => 3);
select pg_temp.judged('Not knowing about bones at 64 limits nothing',
    '{"H09": "not_sure", "A01": "1961-11-23"}', 'PROCEED', 'OK-00');

-- --- Diabetes, lymph, cancer care
select pg_temp.judged('Diabetes alone: go on',
    '{"H10": ["yes"]}', 'PROCEED', 'HE-10a');
select pg_temp.judged('Diabetes with less feeling: light there, not everywhere',
    '{"H10": ["yes", "reduced_feeling"]}', 'MODIFY', 'HE-10b');
select pg_temp.judged('A sore foot first',
    '{"H10": ["yes", "foot_ulcer"]}', 'CLEARANCE', 'HE-10d');
select pg_temp.judged('Past cancer, treatment finished, same old pain: go on',
    '{"RF10": "yes", "RF10a": "no", "H11": ["finished"]}', 'PROCEED', 'HE-11d');
select pg_temp.judged('Cancer care now: the team''s OK and a trained hand',
    '{"RF10": "yes", "RF10a": "no", "H11": ["active"]}', 'CLEARANCE', 'HE-11a', pressure => 1);
select pg_temp.judged('Weakened bone: a written OK, not a word',
    '{"RF10": "yes", "RF10a": "no", "H11": ["bone"], "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'CLEARANCE', 'HE-11b', pressure => 1);
select pg_temp.judged('Lymph nodes removed: a trained hand, very light on that side only',
    '{"RF10": "yes", "RF10a": "no", "H08": ["lymphoedema_nodes"], "H11": ["finished", "nodes_radiation"]}', 'MODIFY', 'HE-08a HE-11c');
select pg_temp.judged('Rather told in person: a call first',
    '{"RF10": "yes", "RF10a": "no", "H11": ["in_person"]}', 'MODIFY', 'HE-11e HE-00', pressure => 2);
select pg_temp.judged('Not wanting to say about cancer: a call first',
    '{"RF10": "prefer_not"}', 'MODIFY', 'HE-11e', pressure => 2);
select pg_temp.judged('Cancer care left blank: a call first',
    '{"RF10": "yes", "RF10a": "no", "H20": "no"}', 'MODIFY', 'HE-11e', pressure => 2);
select pg_temp.judged('Without cancer nothing about its care counts',
    '{"RF10": "no", "H11": ["active"]}', 'PROCEED', 'OK-00');

-- --- Pregnancy
select pg_temp.judged('Thirteen weeks: gently, no belly, trained hand',
    '{"H12": "yes", "H12a": 13, "H12b": ["none"], "H12c": "no"}', 'MODIFY', 'HE-12c', pressure => 2);
select pg_temp.judged('Fourteen weeks: on the side',
    '{"H12": "yes", "H12a": 14, "H12b": ["none"], "H12c": "no"}', 'MODIFY', 'HE-12d', pressure => 3);
select pg_temp.judged('Warning signs are for today',
    '{"H12": "yes", "H12a": 30, "H12b": ["danger_now"], "H12c": "yes"}', 'STOP', 'HE-12a HE-12d', urgency => 'same_day', pressure => 3);
select pg_temp.judged('High risk without a word of the midwife',
    '{"H12": "yes", "H12a": 20, "H12b": ["high_risk"], "H12c": "no"}', 'CLEARANCE', 'HE-12b');
select pg_temp.judged('High risk, and the midwife agrees',
    '{"H12": "yes", "H12a": 20, "H12b": ["high_risk"], "H12c": "yes"}', 'MODIFY', 'HE-12g', pressure => 2);
select pg_temp.judged('Twins: shorter and lighter than one',
    '{"H12": "yes", "H12a": 20, "H12b": ["twins"], "H12c": "no"}', 'MODIFY', 'HE-12d HE-12g', pressure => 2);
select pg_temp.judged('Maybe pregnant: as in the first weeks',
    '{"H12": "maybe"}', 'MODIFY', 'HE-12e', pressure => 2);
select pg_temp.judged('After birth: no deep leg work',
    '{"H12": "postpartum", "H12b": ["none"], "H12c": "no"}', 'MODIFY', 'HE-12f', pressure => 3);
select pg_temp.judged('After a high-risk birth: the midwife''s word first',
    '{"H12": "postpartum", "H12b": ["high_risk"], "H12c": "no"}', 'CLEARANCE', 'HE-12b HE-12f', pressure => 3);
select pg_temp.judged('Not pregnant: what was said of a pregnancy counts for nothing',
    '{"H12": "no", "H12a": 20, "H12b": ["danger_now"]}', 'PROCEED', 'OK-00');

-- --- The rest of health
select pg_temp.judged('A concussion first',
    '{"H13": ["concussion"]}', 'CLEARANCE', 'HE-13c');
select pg_temp.judged('Rheumatoid arthritis without a flare: gently',
    '{"H14": ["rheumatoid"]}', 'MODIFY', 'HE-14b', pressure => 3);
select pg_temp.judged('A mild nut allergy: another oil',
    '{"H17": ["nuts_seeds"], "H17a": "mild"}', 'MODIFY', 'HE-17a');
select pg_temp.judged('A severe one: the therapist confirms first',
    '{"H17": ["nuts_seeds"], "H17a": "severe"}', 'MODIFY', 'HE-17b');
select pg_temp.judged('Kidney disease: a doctor''s word',
    '{"H19": "kidney"}', 'CLEARANCE', 'HE-19', pressure => 2);
select pg_temp.judged('A clinician advised against massage: ask there',
    '{"H20": "yes"}', 'CLEARANCE', 'HE-20');
select pg_temp.judged('Who cannot lie on the front does not',
    '{"H23": ["back", "side"]}', 'MODIFY', 'HE-23');
select pg_temp.judged('Who can, can',
    '{"H23": ["front", "side"]}', 'PROCEED', 'OK-00');
select pg_temp.judged('One answer kept for the talk: a call first',
    '{"H15": "in_person"}', 'MODIFY', 'HE-00', pressure => 2);
select pg_temp.judged('Rather told in person is not the same as cannot lie on the front',
    '{"H23": ["in_person"]}', 'MODIFY', 'HE-00', pressure => 2);
select pg_temp.judged('Many limits: the lightest holds',
    '{"P11": "worse_after", "H02": ["anticoagulant"], "H09": "osteopenia", "H16": ["nerve_pain"]}', 'MODIFY', 'PA-11 HE-02a HE-09a HE-16', pressure => 2);

-- --- On the day
select pg_temp.judged('A new warning sign on the day stops the visit',
    '{"D03": "yes", "D01": "no", "D02": "no", "D04": "no", "D05": "no"}', 'STOP', 'DY-03', urgency => 'emergency');
select pg_temp.judged('Fever in the last two days: another day',
    '{"D02": "yes"}', 'CLEARANCE', 'DY-02');
select pg_temp.judged('Alcohol today: another day',
    '{"D04": "yes"}', 'CLEARANCE', 'DY-04');
select pg_temp.judged('No note makes alcohol fine',
    '{"D04": "yes"}', 'CLEARANCE', 'DY-04', note => '2026-11-21');
select pg_temp.judged('A new wound and a change: looked at together',
    '{"D05": "yes", "D01": "yes"}', 'MODIFY', 'DY-05 DY-01');
select pg_temp.judged('Nothing new',
    '{"D01": "no", "D02": "no", "D03": "no", "D04": "no", "D05": "no"}', 'PROCEED', 'OK-00');

-- --- Each of the other rules
select pg_temp.judged('A bone of the spine that slid: no strong pressure',
    '{"P06": ["spondylolisthesis"]}', 'MODIFY', 'PA-06c', pressure => 3);
select pg_temp.judged('A stroke two months ago needs a written OK',
    '{"H03": ["recent_event"], "RF15": "ok", "RF15_date": "2026-11-10", "RF15_clinician": "Dr. Grey"}', 'CLEARANCE', 'HE-03d');
select pg_temp.judged('Varicose veins are not pressed',
    '{"H03": ["varicose"]}', 'MODIFY', 'HE-03f');
select pg_temp.judged('A minor wound on the skin is kept away from',
    '{"H05": "minor", "H05a_weeks": 1, "H05a_ok": "no"}', 'MODIFY', 'HE-05f');
select pg_temp.judged('Dry eczema: a plain product',
    '{"H06": ["eczema_psoriasis"], "H06a": ["buttock_l"]}', 'MODIFY', 'HE-06e');
select pg_temp.judged('Antibiotics: what for',
    '{"H07": "antibiotics"}', 'CLEARANCE', 'HE-07b');
select pg_temp.judged('A call settles what the antibiotics are for',
    '{"H07": "antibiotics"}', 'MODIFY', 'X-DOWN HE-07b', call => '2026-11-21');
select pg_temp.judged('A swelling that nobody explained',
    '{"H08": ["unexplained_swelling"]}', 'CLEARANCE', 'HE-08b');
select pg_temp.judged('Insulin: not near the device',
    '{"H10": ["yes", "insulin"]}', 'MODIFY', 'HE-10c');
select pg_temp.judged('Low sugar last week: look first',
    '{"H10": ["yes", "frequent_lows"]}', 'MODIFY', 'HE-10e');
select pg_temp.judged('Seizures: a plan',
    '{"H13": ["seizures"]}', 'MODIFY', 'HE-13a');
select pg_temp.judged('Less feeling: light there, not everywhere',
    '{"H13": ["reduced_sensation"]}', 'MODIFY', 'HE-13b');
select pg_temp.judged('Loose joints: no strong stretching',
    '{"H14": ["hypermobility"]}', 'MODIFY', 'HE-14c');
select pg_temp.judged('Steroid tablets: light',
    '{"H15": "yes"}', 'MODIFY', 'HE-15', pressure => 2);
select pg_temp.judged('No steroid tablets, nothing that dulls pain, no device',
    '{"H15": "no", "H16": ["none"], "H18": ["none"], "H17": ["none"], "H13": ["none"], "H14": ["none"]}', 'PROCEED', 'OK-00');
select pg_temp.judged('A pacemaker is not pressed, and percussion stays offered elsewhere',
    '{"H18": ["pacemaker_icd"]}', 'MODIFY', 'HE-18');
