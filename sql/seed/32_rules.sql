-- The rules of version 1, a block each: when it fires, what follows, and what it rests on. The conditions are in the language of src/intake/condition.h. Weak signs
-- count little alone and much together, so one of them asks for a clinician's word and two of them stop; signs of squeezed nerves, a clot, infection, a break,
-- heart or stroke stop at once. Short names in `basis` are those of the guidelines listed with the guides; "general knowledge" was not checked in a source.
-- Blood pressure bounds and the waiting times after surgery and clots come from practice texts, not from guidelines. All of it awaits sign-off by a clinician.

-- --- Red flags

select pg_temp.rule('RF-01', 'STOP', urgency => 'emergency',
    fires => 'RF01 in (yes, not_sure)',
    reason => 'Possible pressure on the nerves at the base of the spine (cauda equina)',
    client => 'Numbness here can mean nerves low in the spine are being squeezed. It is rare but needs checking today. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    therapist => 'Booking blocked. Do not treat. Saddle numbness reported. If the client turns up, send to emergency care and record the time.',
    basis => 'sourced: CES-CARD, NHS-LIST, FINUCANE');

select pg_temp.rule('RF-02', 'STOP', urgency => 'emergency',
    fires => 'RF02 in (yes, not_sure)',
    reason => 'Bladder or bowel change with back pain: cauda equina',
    client => 'A change in bladder or bowel control with back pain needs checking today. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    therapist => 'Booking blocked. Do not treat. Bladder or bowel change reported.',
    basis => 'sourced: CES-CARD, NHS-LIST, GCARE');

select pg_temp.rule('RF-03a', 'STOP', urgency => 'emergency',
    fires => 'RF03 = both_legs',
    reason => 'Symptoms in both legs: cauda equina or spinal cord',
    client => 'Pain, numbness or weakness in both legs together needs urgent checking. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    therapist => 'Booking blocked. Do not treat. Symptoms in both legs.',
    basis => 'sourced: NHS-LIST, CES-CARD');

select pg_temp.rule('RF-03b', 'STOP', urgency => 'same_day',
    fires => 'RF03 = one_leg_weak and RF03b in (yes, not_sure) or RF03 = not_sure',
    reason => 'New or worsening weakness: possible progressive nerve damage (e.g. disc herniation with deficit)',
    client => 'New or growing weakness in a leg should be checked before anyone works on your back. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    therapist => 'Booking blocked. Do not treat. New or growing weakness in a leg.',
    basis => 'sourced: GCARE, NHS-LIST');

select pg_temp.rule('RF-03c', 'CLEARANCE',
    fires => 'RF03 = one_leg_weak and RF03b = no',
    cleared_by => 'clinician', stay_active => true,
    reason => 'Known, stable nerve deficit',
    client => 'Because your leg is weak, please ask the clinician who looks after your back if massage is fine, then book.',
    therapist => 'Stable weakness in one leg. Needs the clinician''s OK. Then: no deep pressure or traction to the low back; test again what the client can do at each visit; stop and refer if weaker.',
    pressure => 3, exclude => '{deep-tissue,ashiatsu}', avoid => '{low_back_deep}',
    basis => 'sourced: KNGF (no massage as stand-alone in radicular syndrome); general knowledge');

select pg_temp.rule('RF-04', 'STOP', urgency => 'emergency',
    fires => 'RF04 in (yes, not_sure)',
    reason => 'Sexual dysfunction with back pain: cauda equina',
    client => 'A change like this together with back pain can come from squeezed nerves. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    therapist => 'Booking blocked. Do not treat.',
    basis => 'sourced: CES-CARD, IPRS');

select pg_temp.rule('RF-04x', 'PROCEED',
    fires => 'RF04 = prefer_not',
    reason => 'Respect privacy, still inform',
    client => 'That is fine. If you ever notice numbness between the legs, or changes in sex, bladder or bowels with back pain, get emergency help.',
    basis => 'general knowledge');

select pg_temp.rule('RF-05a', 'STOP', urgency => 'same_day',
    fires => 'RF05 = yes and RF05a = no',
    reason => 'Major trauma, fracture not excluded',
    client => 'After a hard knock the bones should be checked first. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    therapist => 'Booking blocked. Do not treat. Recent major trauma, not assessed.',
    basis => 'sourced: NHS-LIST, GCARE');

select pg_temp.rule('RF-05b', 'MODIFY',
    fires => 'RF05 = yes and RF05a = cleared',
    cleared_by => 'therapist',
    reason => 'Recent injury, fracture excluded',
    client => 'Thanks. As the injury is recent, the first visits will be short and gentle.',
    therapist => 'Recent trauma, checked. No deep work or stretching at the injured site while acutely painful; short session.',
    pressure => 2, duration => 45, exclude => '{deep-tissue,ashiatsu,thai}',
    basis => 'general knowledge');

select pg_temp.rule('RF-05c', 'CLEARANCE',
    fires => 'RF05a = fracture',
    cleared_by => 'clinician',
    reason => 'Known or suspected fracture',
    client => 'A broken bone needs to heal before massage near it. Please get your clinician''s OK first.',
    therapist => 'Fracture found or suspected after trauma.',
    avoid => '{fracture_site}',
    basis => 'sourced: guides for clients; MBLEX; NCCIH-COPY');

select pg_temp.rule('RF-06', 'CLEARANCE', urgency => 'soon',
    fires => 'RF06 in (yes, not_sure)',
    cleared_by => 'clinician',
    reason => 'Possible fragility (compression) fracture',
    client => 'With thin bones or steroid tablets even a small strain can crack a bone in the spine. Please see a doctor about this in the next few days before booking a massage.',
    therapist => 'Possible fragility fracture. No hands-on work to the spine until assessed.',
    basis => 'sourced: GCARE, FINUCANE');

select pg_temp.rule('RF-07', 'STOP', urgency => 'same_day',
    fires => 'RF07 = yes',
    raised_fires => 'RF11 = yes',
    raised_urgency => 'emergency',
    raised_text => 'Back pain with fever, or feeling very ill, needs a doctor. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    reason => 'Possible spinal infection or other serious illness; massage also unsuitable in fever',
    client => 'Back pain with fever, or feeling very ill, needs a doctor. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them). If you are also confused or very drowsy, call {EMERGENCY} now.',
    therapist => 'Booking blocked. Do not treat. Fever or systemically unwell.',
    basis => 'sourced: GCARE, NHS-LIST, MBLEX');

select pg_temp.rule('RF-08', 'CLEARANCE', urgency => 'soon',
    fires => 'RF08 = yes',
    cleared_by => 'clinician', stay_active => true,
    reason => 'Unexplained weight loss: rule out cancer or infection',
    client => 'Losing weight without trying is worth a check-up. Please see a doctor about this in the next few days before booking a massage.',
    therapist => 'Unexplained weight loss. Wait for clinician''s OK.',
    basis => 'sourced: NHS-LIST, GCARE');

select pg_temp.rule('RF-08u', 'MODIFY',
    fires => 'RF08 = not_sure',
    cleared_by => 'therapist',
    reason => 'Unclear answer',
    client => 'Your therapist will ask a little more about this.',
    therapist => 'Client unsure about weight loss: ask, refer if real.',
    basis => 'general knowledge');

select pg_temp.rule('RF-09', 'CLEARANCE', urgency => 'soon',
    fires => 'RF09 = yes',
    cleared_by => 'clinician', stay_active => true,
    reason => 'Constant pain, worse at night, not eased by position',
    client => 'Pain that never eases, day or night, should be looked at first. Please see a doctor about this in the next few days before booking a massage.',
    therapist => 'Constant or night pain. Wait for clinician''s OK.',
    basis => 'sourced: NHS-LIST, GCARE');

select pg_temp.rule('RF-09u', 'MODIFY',
    fires => 'RF09 = not_sure',
    cleared_by => 'therapist',
    reason => 'Unclear answer',
    client => 'Your therapist will ask a little more about your nights.',
    therapist => 'Clarify night or constant pain before starting.',
    basis => 'general knowledge');

-- Any nerve symptom makes it one for today: those of the safety check, and pins and needles that were told of later.
select pg_temp.rule('RF-10', 'STOP', urgency => 'soon',
    fires => 'RF10 = yes and RF10a in (yes, not_sure)',
    raised_fires => 'RF01 in (yes, not_sure) or RF02 in (yes, not_sure) or RF04 in (yes, not_sure) or RF03 != fine or P03a in (steady, worse)',
    raised_urgency => 'same_day',
    raised_text => 'With a history of cancer, new or changing back pain together with a change in your legs should be checked today. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    reason => 'Cancer history with new or changing back pain',
    client => 'With a history of cancer, new or changing back pain should be checked soon. Please see a doctor about this in the next few days before booking a massage. This is usually nothing serious, but it is the safe order.',
    therapist => 'Booking blocked. Do not treat. Cancer history and new or changing back pain, not yet assessed.',
    basis => 'sourced: GCARE, NCCIH-COPY, FINUCANE');

select pg_temp.rule('RF-11a', 'STOP', urgency => 'soon',
    fires => 'RF11 = yes and (RF09 = yes or P03a = worse or RF08 = yes)',
    raised_fires => 'RF07 = yes',
    raised_urgency => 'same_day',
    raised_text => 'Some of your answers together mean a doctor should look first. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    reason => 'Raised risk of spinal infection or fracture plus a second flag',
    client => 'Some of your answers together mean a doctor should look first. Please see a doctor about this in the next few days before booking a massage.',
    therapist => 'Booking blocked. Do not treat. Raised infection or fragility risk and a second flag (reason not itemised).',
    basis => 'sourced: GCARE, GUWS');

select pg_temp.rule('RF-11b', 'MODIFY',
    fires => 'RF11 = yes and not (RF09 = yes or P03a = worse or RF08 = yes)',
    cleared_by => 'therapist',
    reason => 'Weakened immunity or tissue: lighter work, strict hygiene',
    client => 'Thanks for telling us. Your therapist will use lighter pressure and take extra care with cleanliness. You do not have to say more.',
    therapist => 'Immune, infection or tissue-fragility flag (reason not recorded; do not press for it). Light pressure, intact skin only, postpone if either of you has symptoms of infection.',
    pressure => 3, exclude => '{cupping,iastm}',
    basis => 'sourced: MBLEX (steroid tissue fragility), CMTO-PHI (ask only what is needed)');

select pg_temp.rule('RF-12', 'STOP', urgency => 'emergency',
    fires => 'RF12 = yes',
    reason => 'Possible heart, lung or aortic emergency',
    client => 'These can be signs of an emergency. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    therapist => 'Booking blocked. Do not treat. Heart, lung or aortic warning signs.',
    basis => 'sourced: NHS-LIST, GUWS');

select pg_temp.rule('RF-13', 'STOP', urgency => 'same_day',
    fires => 'RF13 in (yes, not_sure)',
    raised_fires => 'RF12 = yes',
    raised_urgency => 'emergency',
    raised_text => 'One swollen, warm or tender leg can be a blood clot. Massage could be dangerous. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    reason => 'Possible deep vein clot; massage could dislodge it',
    client => 'One swollen, warm or tender leg can be a blood clot. Massage could be dangerous. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    therapist => 'Booking blocked. Do not treat. Possible blood clot. Never massage the limb.',
    basis => 'sourced: MBLEX, DVT-PREG, guides for clients (blood clots)');

select pg_temp.rule('RF-14', 'CLEARANCE', urgency => 'soon',
    fires => 'RF14 in (yes, not_sure)',
    cleared_by => 'clinician',
    reason => 'New lump or deformity',
    client => 'Please let a doctor look at the lump or change first.',
    therapist => 'New lump or change of shape: no work until seen.',
    basis => 'sourced: NHS-LIST, GCARE');

select pg_temp.rule('RF-16', 'STOP', urgency => 'emergency',
    fires => 'RF16 = yes',
    reason => 'Possible stroke or other brain emergency',
    client => 'These can be signs of a stroke. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    therapist => 'Booking blocked. Do not treat. Stroke-type signs.',
    basis => 'general knowledge');

-- --- Combination and downgrade

select pg_temp.rule('X-COMBO', 'STOP', urgency => 'soon',
    fires => 'count(RF08 = yes, RF09 = yes, RF11 = yes, RF14 = yes, P04a = yes and age >= 55) >= 2',
    reason => 'Single red flags are weak predictors; several together raise concern',
    client => 'Taken together, your answers suggest seeing a doctor first. Please see a doctor about this in the next few days before booking a massage.',
    therapist => 'Booking blocked. Do not treat. Two or more soft red flags.',
    basis => 'sourced: FINUCANE (single flags have poor accuracy; weigh together); threshold is our judgment');

select pg_temp.rule('X-DOWN', 'MODIFY',
    fires => 'RF15 = ok and RF15_date within 30 days and RF15_clinician answered',
    lowers => true,
    cleared_by => 'therapist',
    reason => 'Lowers a CLEARANCE (S1 or S4) or a STOP marked soon to MODIFY; never lowers a STOP marked emergency or same_day; rules that say "written" need the note itself',
    client => 'Thank you. Your therapist will confirm with you and may ask to see the note.',
    therapist => 'Client states that a clinician cleared massage. Confirm before hands-on; keep the note or a record of the call.',
    basis => 'our judgment');

-- --- Age and who consents

select pg_temp.rule('AG-16', 'CLEARANCE',
    fires => 'age < 16',
    cleared_by => 'clinician + guardian',
    reason => 'Back pain under 16 is outside the adult guidance used here (NG59 covers over-16s)',
    client => 'For under-16s with back pain we need a clinician''s OK and a parent or guardian with the child.',
    therapist => 'Under 16: clinician''s OK, guardian consent and presence needed.',
    pressure => 2, guardian => 'present',
    basis => 'sourced: NICE-NG59 (title), PEREG');

select pg_temp.rule('AG-18', 'MODIFY',
    fires => 'age >= 16 and age < 18',
    cleared_by => 'guardian',
    reason => 'Minor',
    client => 'A parent or guardian needs to sign, and in some places stay in the room.',
    therapist => 'Minor: signed guardian consent on file; check local presence rule.',
    guardian => 'consent',
    basis => 'sourced: DE-5318, WAC-555/565');

select pg_temp.rule('AG-18x', 'CLEARANCE',
    fires => 'age < 18 and not A03_consent_signed = yes',
    cleared_by => 'guardian', self => true, stay_active => true,
    reason => 'No valid consent',
    client => 'We cannot book until a parent or legal guardian has signed.',
    therapist => 'Not bookable without guardian consent.',
    basis => 'sourced: DE-5318; general knowledge');

select pg_temp.rule('AD-01', 'CLEARANCE',
    fires => 'A02 = adult',
    cleared_by => 'the adult themselves', self => true, stay_active => true,
    reason => 'Consent must come from the person treated',
    client => 'The person having the massage needs to confirm the answers and sign.',
    therapist => 'Third-party booking: obtain the client''s own consent before treatment.',
    basis => 'general knowledge');

-- --- Pain picture

select pg_temp.rule('PA-03a', 'CLEARANCE',
    fires => 'P03 has chest_or_belly',
    cleared_by => 'clinician',
    reason => 'Pain wrapping round the chest or belly may come from nerves, shingles or an organ',
    client => 'Pain that wraps round to the chest or belly should be checked first.',
    therapist => 'Band-like or visceral pattern: wait for clinician''s OK.',
    basis => 'general knowledge');

select pg_temp.rule('PA-03b', 'CLEARANCE', urgency => 'soon',
    fires => 'P03a = worse',
    cleared_by => 'clinician',
    reason => 'New or increasing numbness along a nerve',
    client => 'New or growing numbness should be checked before massage. If a leg becomes weak or numbness spreads between the legs, get help at once.',
    therapist => 'Progressive sensory change. Wait for clinician''s OK.',
    basis => 'sourced: GCARE; general knowledge');

select pg_temp.rule('PA-03c', 'MODIFY',
    fires => 'P03 has (below_knee, foot) and P03a in (none, steady) and RF03 = fine',
    cleared_by => 'therapist',
    reason => 'Sciatica-type pain without progressive deficit; evidence for massage is weak here',
    client => 'Massage may ease tight muscles but is not a treatment for a trapped nerve. Your therapist will work gently and comfortable positions come first.',
    therapist => 'Radicular pattern, no progressive deficit. Gentle, side-lying option, no deep pressure over the lumbar spine or along the nerve; encourage exercise and clinician follow-up; stop and refer if numbness or weakness grows.',
    pressure => 3, exclude => '{ashiatsu}',
    basis => 'sourced: KNGF, NICE-NG59');

select pg_temp.rule('PA-06a', 'MODIFY',
    fires => 'P06 has herniated_disc and RF03 = fine and not P03a = worse',
    cleared_by => 'therapist',
    reason => 'Disc herniation without deficit',
    client => 'Your therapist will avoid strong pressure and twisting around the disc.',
    therapist => 'Known disc herniation, no deficit. No thrusting, strong traction, loaded flexion/rotation or deep pressure at the level. Disc herniation and nerve injury are among the rare serious harms reported after forceful massage.',
    pressure => 3, exclude => '{ashiatsu,thai}',
    basis => 'sourced: YIN2014; general knowledge');

select pg_temp.rule('PA-06b', 'MODIFY',
    fires => 'P06 has stenosis',
    cleared_by => 'therapist',
    reason => 'Extension often worsens stenosis',
    client => 'You can choose to lie on your side or with a pillow under your belly.',
    therapist => 'Avoid long prone lying with extension; side-lying or pillow under abdomen.',
    lying => '{side_lying}',
    basis => 'general knowledge');

select pg_temp.rule('PA-06c', 'MODIFY',
    fires => 'P06 has spondylolisthesis',
    cleared_by => 'therapist',
    reason => 'Slip of one vertebra on another',
    client => 'Your therapist will avoid pressing down hard on your low back.',
    therapist => 'No strong downward pressure or extension at the level.',
    pressure => 3, exclude => '{ashiatsu}',
    basis => 'general knowledge');

select pg_temp.rule('PA-06d', 'MODIFY',
    fires => 'P06 has fibromyalgia',
    cleared_by => 'therapist',
    reason => 'Widespread pressure sensitivity',
    client => 'We will start light and build up only if it feels good.',
    therapist => 'Start light; review the day after.',
    pressure => 2, pressure_where => 'at the first visit',
    basis => 'general knowledge');

select pg_temp.rule('PA-06e', 'PROCEED',
    fires => 'P06 only (scoliosis, arthritis_spine, degenerative_disc, si_joint)',
    reason => 'Named in guides for clients; not a contraindication alone',
    client => 'Good to know. Your therapist will adapt position and pressure.',
    therapist => 'Note condition; adapt positioning.',
    basis => 'sourced: guides for clients; general knowledge');

select pg_temp.rule('PA-07', 'MODIFY',
    fires => 'P07 >= 9 and P04 = acute',
    cleared_by => 'therapist',
    reason => 'Very severe new pain',
    client => 'Your pain is very strong. Ask a pharmacist or doctor about relief, and plan a short, gentle first visit.',
    therapist => 'Severe acute pain: short, gentle, positions of ease; refer if not improving in 1 to 2 weeks.',
    pressure => 2, duration => 45,
    basis => 'sourced: NHS-LIST (severity advice); our judgment');

select pg_temp.rule('PA-11', 'MODIFY',
    fires => 'P11 = worse_after',
    cleared_by => 'therapist calls',
    reason => 'Previous bad reaction',
    client => 'Thanks for saying so. Your therapist will talk with you before starting.',
    therapist => 'Felt worse for more than 2 days after an earlier massage: ask what was done; start lighter.',
    pressure => 3, precall => true,
    basis => 'sourced: CAMBRON (most soreness ends within 36 h)');

-- --- Health conditions

select pg_temp.rule('HE-01a', 'CLEARANCE',
    fires => 'H01 = recent',
    cleared_by => 'clinician, written', written => true,
    reason => 'Current or recent clot: risk of dislodging it',
    client => 'With a recent blood clot you need your doctor''s written OK before any massage.',
    therapist => 'Clot now, under treatment or less than 6 months ago. No massage without written clearance. If cleared: no work on the affected limb; light pressure elsewhere.',
    pressure => 2, exclude => '{deep-tissue,trigger-point,cupping,iastm,ashiatsu,percussion,lymphatic-drainage}', avoid => '{legs}',
    basis => 'sourced: guides for clients, MBLEX, BT-MEDX, MM-ONC (6-month minimum)');

select pg_temp.rule('HE-01b', 'MODIFY',
    fires => 'H01 = past',
    cleared_by => 'therapist',
    reason => 'Past clot',
    client => 'No deep leg work; tell your therapist if a leg swells.',
    therapist => 'Past clot, more than 6 months ago: no deep or vigorous leg work; check for swelling each visit.',
    avoid => '{legs_deep}',
    basis => 'sourced: MM-ONC; general knowledge');

select pg_temp.rule('HE-01c', 'CLEARANCE',
    fires => 'H01 = not_sure',
    cleared_by => 'clinician',
    reason => 'Cannot exclude recent clot',
    client => 'Please check with your doctor''s office, then book.',
    therapist => 'Unsure about clot history.',
    basis => 'general knowledge');

select pg_temp.rule('HE-02a', 'MODIFY',
    fires => 'H02 has anticoagulant',
    cleared_by => 'therapist',
    reason => 'Bruising and bleeding risk with forceful massage',
    client => 'Blood thinners make bruising more likely, so we will only offer light to medium pressure. It is worth telling whoever prescribes them.',
    therapist => 'On anticoagulant. Light pressure; no forceful or deep tissue work; check for bruising from last time.',
    pressure => 2, exclude => '{deep-tissue,trigger-point,cupping,iastm,ashiatsu,percussion,cross-fiber-friction}',
    basis => 'sourced: NCCIH-COPY, MBLEX');

select pg_temp.rule('HE-02b', 'MODIFY',
    fires => 'H02 has antiplatelet',
    cleared_by => 'therapist',
    reason => 'Easier bruising',
    client => 'We will keep pressure moderate.',
    therapist => 'On antiplatelet: moderate pressure, watch for bruising.',
    pressure => 3, exclude => '{cupping,iastm,ashiatsu}',
    basis => 'general knowledge');

select pg_temp.rule('HE-02c', 'CLEARANCE',
    fires => 'H02 has (bleeding_disorder, not_sure)',
    cleared_by => 'clinician',
    reason => 'Bleeding disorder or low platelets',
    client => 'Please ask your doctor if gentle massage is fine.',
    therapist => 'Bleeding disorder or low platelets: clinician’s OK; then light touch only.',
    pressure => 1, exclude => '{deep-tissue,trigger-point,cupping,iastm,ashiatsu,percussion}',
    basis => 'sourced: NCCIH-COPY, MAYO-LIST');

select pg_temp.rule('HE-03a', 'STOP', urgency => 'same_day',
    fires => 'H03a_systolic >= 180 or H03a_diastolic >= 120',
    raised_fires => 'RF12 = yes or RF16 = yes',
    raised_urgency => 'emergency',
    raised_text => 'That reading is very high. Please do not book. Call {EMERGENCY} or go to an emergency department now.',
    reason => 'Severely raised blood pressure',
    client => 'That reading is very high. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    therapist => 'Booking blocked. Do not treat. Blood pressure in the crisis range.',
    basis => 'sourced: HTN-SRC (>=180/110 needs immediate medical care); 120 cut-off general knowledge');

select pg_temp.rule('HE-03b', 'CLEARANCE',
    fires => 'H03 has htn_uncontrolled or H03a_systolic >= 160 and H03a_systolic < 180 or H03a_diastolic >= 100 and H03a_diastolic < 120',
    cleared_by => 'clinician',
    reason => 'Uncontrolled high blood pressure',
    client => 'Please get your blood pressure checked and ask if massage is fine.',
    therapist => 'Uncontrolled or stage 2 blood pressure. If cleared: light, no painful pressure, no heat, slow getting up.',
    pressure => 2, exclude => '{hot-stone,deep-tissue,trigger-point}',
    basis => 'sourced: MBLEX, HTN-SRC, HTN-WIKI');

select pg_temp.rule('HE-03c', 'PROCEED',
    fires => 'H03 has htn_controlled and not (H03a_systolic >= 160 or H03a_diastolic >= 100)',
    reason => 'Controlled blood pressure',
    client => 'Good to know. Sit up slowly afterwards.',
    therapist => 'Controlled blood pressure: avoid painful pressure; slow rise from the table.',
    basis => 'sourced: HTN-WIKI; general knowledge');

select pg_temp.rule('HE-03d', 'CLEARANCE',
    fires => 'H03 has recent_event',
    cleared_by => 'clinician, written', written => true,
    reason => 'Heart attack, stroke or TIA in last 3 months',
    client => 'Please wait for your doctor''s written OK.',
    therapist => 'Recent cardiovascular event. Written clearance.',
    basis => 'sourced: DRO (stroke/TIA within 3 months); general knowledge');

select pg_temp.rule('HE-03e', 'CLEARANCE',
    fires => 'H03 has (heart_failure_angina, aneurysm_arterial)',
    cleared_by => 'clinician',
    reason => 'Serious heart or artery disease',
    client => 'Please ask your doctor if massage is fine for you.',
    therapist => 'Heart failure, angina, aneurysm or arterial disease: clearance; no abdominal or deep neck work.',
    pressure => 2, avoid => '{abdomen,anterior_neck}',
    basis => 'sourced: DRO, NCCIH-COPY (heart problems)');

select pg_temp.rule('HE-03f', 'MODIFY',
    fires => 'H03 has (varicose, ankle_swelling, arrhythmia)',
    cleared_by => 'therapist',
    reason => 'Fragile veins; swelling may have a cause',
    client => 'We will avoid pressing on the veins. Tell your doctor about new swelling.',
    therapist => 'Avoid varicose areas; new bilateral swelling: advise check-up.',
    avoid => '{varicose_areas}',
    basis => 'sourced: MBLEX');

select pg_temp.rule('HE-04a', 'STOP', urgency => 'same_day',
    fires => 'H04 = suspected',
    reason => 'Possible fracture',
    client => 'A suspected break needs an X-ray first. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    therapist => 'Booking blocked. Do not treat. Suspected fracture.',
    basis => 'sourced: guides for clients, NCCIH-COPY');

select pg_temp.rule('HE-04b', 'CLEARANCE',
    fires => 'H04 = healing and H04a = spine_rib_pelvis_hip',
    cleared_by => 'clinician, written', written => true,
    reason => 'Healing fracture of spine, rib, pelvis or hip',
    client => 'Please get your clinician''s written OK first.',
    therapist => 'Healing axial fracture: no massage of the trunk without written OK.',
    avoid => '{fracture_site}',
    basis => 'sourced: guides for clients, MBLEX');

select pg_temp.rule('HE-04c', 'MODIFY',
    fires => 'H04 = healing and H04a in (limb, other)',
    cleared_by => 'therapist',
    reason => 'Healing limb fracture',
    client => 'We will stay well away from the healing bone.',
    therapist => 'Local contraindication: avoid limb segment and joints either side; support in positioning; ask about clot symptoms.',
    avoid => '{fracture_site}',
    basis => 'sourced: MBLEX; general knowledge');

select pg_temp.rule('HE-05a', 'CLEARANCE',
    fires => 'H05 in (spine_op, other_op) and H05a_weeks < 6 and not H05a_ok = yes',
    cleared_by => 'surgeon',
    reason => 'Recent operation: wound, clot and infection risk',
    client => 'Please wait for your surgeon''s OK.',
    therapist => 'Operation less than 6 weeks ago. Surgeon’s OK; then avoid the site; ask about calf symptoms.',
    pressure => 2, avoid => '{surgery_site}',
    basis => 'sourced: SURG-BIO (6-8 weeks off the site), MSU (6 weeks)');

select pg_temp.rule('HE-05g', 'MODIFY',
    fires => 'H05 in (spine_op, other_op) and H05a_weeks < 6 and H05a_ok = yes',
    cleared_by => 'therapist confirms',
    reason => 'Early healing, surgeon agrees',
    client => 'Thank you. Your therapist will keep well away from the wound and stay very light.',
    therapist => 'Surgeon’s OK reported, less than 6 weeks: confirm, no work at or near the site, light elsewhere, check calves.',
    pressure => 2, duration => 45, avoid => '{surgery_site,legs_deep}', precall => true,
    basis => 'sourced: SURG-BIO, MSU');

-- The question asks for 12 weeks at most. Without a word from the surgeon it counts as not agreed.
select pg_temp.rule('HE-05b', 'CLEARANCE',
    fires => 'H05 = spine_op and H05a_weeks >= 6 and not H05a_ok = yes',
    cleared_by => 'surgeon',
    reason => 'Spine surgery still healing',
    client => 'Please ask your surgeon first.',
    therapist => 'Spine surgery 6 to 12 weeks ago, without OK.',
    avoid => '{surgery_site}',
    basis => 'sourced: SURG-BIO; general knowledge');

select pg_temp.rule('HE-05c', 'MODIFY',
    fires => 'H05 = other_op and H05a_weeks >= 6 or H05 = spine_op and H05a_weeks >= 6 and H05a_ok = yes',
    cleared_by => 'therapist',
    reason => 'Healing tissue',
    client => 'We will avoid the scar area until it is fully settled.',
    therapist => 'Healed for 6 weeks or more: avoid direct deep pressure on scar or implant; clot check.',
    pressure => 3, avoid => '{surgery_site_deep}',
    basis => 'sourced: SURG-BIO, MSU');

select pg_temp.rule('HE-05d', 'MODIFY',
    fires => 'H05 = spine_injection and H05a_weeks < 2',
    cleared_by => 'therapist',
    reason => 'Recent injection site',
    client => 'We will not press on the injection area for two weeks. Fever or worse pain: call the clinic.',
    therapist => 'No pressure at injection level for 2 weeks; fever = send for care.',
    avoid => '{low_back}',
    basis => 'general knowledge');

select pg_temp.rule('HE-05e', 'MODIFY',
    fires => 'H05b = yes',
    cleared_by => 'therapist',
    reason => 'Spinal metalwork or fusion',
    client => 'No strong pressure or twisting at the operated level.',
    therapist => 'No mobilizing or deep pressure over instrumented segment.',
    pressure => 3, exclude => '{ashiatsu,thai}',
    basis => 'general knowledge');

select pg_temp.rule('HE-05f', 'MODIFY',
    fires => 'H05 = minor',
    cleared_by => 'therapist',
    reason => 'Small wound',
    client => 'We will keep away from that spot.',
    therapist => 'Local avoid until healed.',
    avoid => '{surgery_site}',
    basis => 'sourced: MBLEX');

select pg_temp.rule('HE-06a', 'MODIFY',
    fires => 'H06 has (open_wound, weeping)',
    cleared_by => 'therapist',
    reason => 'Open wound: infection and pain',
    client => 'We will not work near open skin. If it covers the area you want treated, book for after it heals.',
    therapist => 'Local contraindication; cover wound; gloves if needed. If the wound is in the requested area, reschedule.',
    avoid => '{@H06a}',
    basis => 'sourced: guides for clients, MBLEX, NCCIH-COPY');

select pg_temp.rule('HE-06b', 'STOP', urgency => 'same_day',
    fires => 'H06 has hot_spreading',
    reason => 'Possible cellulitis',
    client => 'Hot, spreading redness may be a skin infection. Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach them).',
    therapist => 'Booking blocked. Do not treat. Possible cellulitis.',
    basis => 'general knowledge');

select pg_temp.rule('HE-06c', 'CLEARANCE',
    fires => 'H06 has infected_rash',
    cleared_by => 'self, when healed or treated (ask a pharmacist)', self => true,
    reason => 'Contagious skin infection',
    client => 'Please wait until the rash has cleared or a clinician says it is no longer catching.',
    therapist => 'Contagious skin condition: postpone; shingles: no touch to the area even after, if sore.',
    not_before => 'clear',
    basis => 'sourced: guides for clients, MBLEX, YONI-LIST');

select pg_temp.rule('HE-06d', 'MODIFY',
    fires => 'H06 has (bruise, sunburn)',
    cleared_by => 'therapist',
    reason => 'Painful or fragile area',
    client => 'We will keep away from sore skin.',
    therapist => 'Local avoid.',
    avoid => '{@H06a}',
    basis => 'general knowledge');

select pg_temp.rule('HE-06e', 'MODIFY',
    fires => 'H06 has eczema_psoriasis',
    cleared_by => 'therapist',
    reason => 'Irritable skin',
    client => 'We will use a plain, unscented product and check it suits you.',
    therapist => 'Plain lubricant, patch test, avoid flared patches.',
    product => '{unscented}',
    basis => 'general knowledge');

select pg_temp.rule('HE-07a', 'CLEARANCE',
    fires => 'H07 = cold_flu',
    cleared_by => 'self: 48 h after symptoms end', self => true,
    reason => 'Contagious illness; massage feels worse when ill',
    client => 'Please book for at least 48 hours after you feel well.',
    therapist => 'Postpone; no late-cancel fee for illness.',
    not_before => '48h',
    basis => 'sourced: guides for clients, MBLEX');

select pg_temp.rule('HE-07b', 'CLEARANCE',
    fires => 'H07 = antibiotics',
    cleared_by => 'clinician or therapist call',
    reason => 'Infection under treatment',
    client => 'Tell us what it is for, or ask your clinician, before booking.',
    therapist => 'Ask site and type; systemic infection: wait.',
    basis => 'sourced: MBLEX');

-- Training: oncology or lymph; any of them will do.
select pg_temp.rule('HE-08a', 'MODIFY',
    fires => 'H08 has lymphoedema_nodes',
    cleared_by => 'therapist with lymph/oncology training',
    reason => 'Lymphedema risk lasts for life',
    client => 'We will match you with someone trained, and keep very light on that side.',
    therapist => 'Affected quadrant: very light only; no heat, cupping or deep pressure; needs training.',
    pressure => 1, pressure_where => 'in the affected quarter of the body', exclude => '{cupping,hot-stone}', require => '{oncology,lymph}',
    basis => 'sourced: MM-ONC');

select pg_temp.rule('HE-08b', 'CLEARANCE',
    fires => 'H08 has unexplained_swelling',
    cleared_by => 'clinician',
    reason => 'Unexplained swelling',
    client => 'Please have the swelling checked first.',
    therapist => 'Undiagnosed swelling.',
    basis => 'sourced: YONI-LIST, ABMP-PATH');

select pg_temp.rule('HE-09a', 'MODIFY',
    fires => 'H09 = osteopenia',
    cleared_by => 'therapist',
    reason => 'Thin bones',
    client => 'We will keep pressure moderate on your back and ribs.',
    therapist => 'Moderate pressure on spine and ribs.',
    pressure => 3, exclude => '{ashiatsu}',
    basis => 'sourced: ABMP-OST');

select pg_temp.rule('HE-09b', 'MODIFY',
    fires => 'H09 = osteoporosis',
    cleared_by => 'therapist',
    reason => 'Osteoporosis: fracture risk from pressure',
    client => 'Only light pressure on the spine and ribs, and positions that feel safe.',
    therapist => 'Light on spine, ribs, hips; no joint springing or thrust; pillow support prone or avoid prone.',
    pressure => 2, exclude => '{deep-tissue,ashiatsu,thai,percussion,trigger-point}',
    basis => 'sourced: ABMP-OST, MTREF-OST, NCCIH-COPY');

select pg_temp.rule('HE-09c', 'CLEARANCE',
    fires => 'H09 = osteoporosis_fracture',
    cleared_by => 'clinician',
    reason => 'Severe osteoporosis',
    client => 'Please ask your doctor if light massage is fine.',
    therapist => 'Severe osteoporosis with fracture: clinician''s OK; feather-light only.',
    pressure => 1, exclude => '{deep-tissue,ashiatsu,thai,percussion,trigger-point}',
    basis => 'sourced: NCCIH-COPY, MAYO-LIST');

select pg_temp.rule('HE-09d', 'MODIFY',
    fires => 'H09 = not_sure and age >= 65',
    cleared_by => 'therapist',
    reason => 'Thin bones are common and often silent at this age',
    client => 'We will keep pressure light to medium on your back and ribs.',
    therapist => 'Bone density unknown, 65 or older: no heavy pressure on spine or ribs.',
    pressure => 3, exclude => '{ashiatsu}',
    basis => 'sourced: ABMP-OST (over half of US adults 50+ have low bone mass)');

select pg_temp.rule('HE-10a', 'PROCEED',
    fires => 'H10 only yes',
    reason => 'Diabetes, no complications',
    client => 'Eat and take medicine as usual; bring a snack.',
    therapist => 'Diabetes: ask about lows; snack at hand.',
    basis => 'sourced: DIAB');

select pg_temp.rule('HE-10b', 'MODIFY',
    fires => 'H10 has reduced_feeling',
    cleared_by => 'therapist',
    reason => 'Neuropathy: client may not feel harmful pressure or heat',
    client => 'Tell us where feeling is reduced. We will stay light there and use no heat.',
    therapist => 'Neuropathy: light pressure, no heat, look at the skin before and after.',
    pressure => 2, pressure_where => 'where feeling is reduced', exclude => '{hot-stone,iastm,cupping}',
    basis => 'sourced: DRO; general knowledge');

select pg_temp.rule('HE-10c', 'MODIFY',
    fires => 'H10 has insulin',
    cleared_by => 'therapist',
    reason => 'Massage near an injection or device site can change absorption',
    client => 'Please tell us where you inject or wear a device; we will avoid it.',
    therapist => 'Avoid site and device; note last dose; watch for a low.',
    avoid => '{device_site}',
    basis => 'sourced: DIAB');

select pg_temp.rule('HE-10d', 'CLEARANCE',
    fires => 'H10 has foot_ulcer',
    cleared_by => 'clinician',
    reason => 'Foot ulcer',
    client => 'Please have the foot looked after first.',
    therapist => 'Diabetic ulcer: clinician''s OK; no lower-leg work.',
    avoid => '{legs}',
    basis => 'general knowledge');

select pg_temp.rule('HE-10e', 'MODIFY',
    fires => 'H10 has frequent_lows',
    cleared_by => 'therapist',
    reason => 'Hypoglycemia risk',
    client => 'Bring a sugary snack and tell us if you feel odd.',
    therapist => 'Recent lows: check before starting.',
    basis => 'sourced: DIAB');

select pg_temp.rule('HE-11a', 'CLEARANCE',
    fires => 'H11 has (active, low_counts)',
    cleared_by => 'oncology team',
    reason => 'Active cancer treatment or low platelets',
    client => 'Gentle massage is often possible. Please ask your cancer team, and choose a therapist trained in oncology massage.',
    therapist => 'Active treatment: team''s OK; trained therapist; light touch; avoid tumor, ports, radiation skin.',
    pressure => 1, exclude => '{deep-tissue,trigger-point,cupping,iastm,ashiatsu,percussion,hot-stone}', require => '{oncology}',
    basis => 'sourced: MM-ONC, NCCIH-COPY, MSU');

select pg_temp.rule('HE-11b', 'CLEARANCE',
    fires => 'H11 has bone',
    cleared_by => 'oncology team, written', written => true,
    reason => 'Bone involvement: fracture risk',
    client => 'Please get your cancer team''s written OK; pressure on weak bone is not safe.',
    therapist => 'Bone metastasis: written OK; no pressure over bone involved.',
    pressure => 1, avoid => '{bone_sites}', require => '{oncology}',
    basis => 'sourced: MSU, MM-ONC');

-- Training: oncology or lymph; any of them will do.
select pg_temp.rule('HE-11c', 'MODIFY',
    fires => 'H11 has (nodes_radiation, port)',
    cleared_by => 'trained therapist',
    reason => 'Lasting tissue changes',
    client => 'We will avoid the port and keep very light on the treated side.',
    therapist => 'Avoid device; treated quadrant very light for life.',
    avoid => '{device_site}', require => '{oncology,lymph}',
    basis => 'sourced: MM-ONC');

select pg_temp.rule('HE-11d', 'PROCEED',
    fires => 'H11 only finished and RF10a = no',
    reason => 'Past cancer, no late effects reported',
    client => 'Thanks. Your therapist will ask if anything still needs care.',
    therapist => 'Past cancer: confirm no node removal, bone disease or devices.',
    basis => 'sourced: ABMP-PATH (massage does not spread cancer)');

-- H20 comes later in the form: once it was answered, H11 was left blank and not just not reached.
select pg_temp.rule('HE-11e', 'MODIFY',
    fires => 'H11 has in_person or RF10 = prefer_not or RF10 = yes and H20 answered and not H11 answered',
    cleared_by => 'therapist calls',
    reason => 'Client prefers to talk',
    client => 'Your therapist will call you before the visit.',
    therapist => 'Call before hands-on; ask only what changes treatment.',
    pressure => 2, precall => true,
    basis => 'sourced: CMTO-PHI');

select pg_temp.rule('HE-12a', 'STOP', urgency => 'same_day',
    fires => 'H12b has danger_now',
    reason => 'Pregnancy warning signs (bleeding, pre-eclampsia, fluid loss, reduced movement)',
    client => 'Please call your maternity unit or {URGENT_LINE} now. Do not wait for a massage.',
    therapist => 'Booking blocked. Do not treat. Pregnancy warning signs.',
    basis => 'sourced: PREG-MTJ, PREG-LIST');

-- Without a word from midwife or doctor it counts as not agreed.
select pg_temp.rule('HE-12b', 'CLEARANCE',
    fires => 'H12b has high_risk and not H12c = yes',
    cleared_by => 'midwife or doctor',
    reason => 'High-risk pregnancy',
    client => 'Please ask your midwife or doctor first.',
    therapist => 'High-risk pregnancy: clinician''s OK; prenatal training.',
    require => '{prenatal}',
    basis => 'sourced: PREG-MTJ, MAYO-LIST');

select pg_temp.rule('HE-12c', 'MODIFY',
    fires => 'H12 = yes and H12a <= 13 and not H12b has high_risk',
    cleared_by => 'prenatal-trained therapist',
    reason => 'First trimester: no evidence that massage causes miscarriage, but many therapists and insurers decline; back pain with bleeding must be seen',
    client => 'Gentle massage is possible. Some therapists only see people after 13 weeks, so we show those who see you now. Any bleeding or cramps: call your midwife or doctor.',
    therapist => 'First trimester: therapist opt-in setting; light, no heat, no abdomen.',
    pressure => 2, exclude => '{deep-tissue,hot-stone,ashiatsu,thai,cupping}', avoid => '{abdomen}', require => '{prenatal}',
    basis => 'sourced: PREG-MOD, PREG-CAUTION (practice is divided)');

select pg_temp.rule('HE-12d', 'MODIFY',
    fires => 'H12 = yes and H12a >= 14 and not H12b has high_risk',
    cleared_by => 'prenatal-trained therapist',
    reason => 'Second/third trimester: positioning and clot risk',
    client => 'You will lie on your side with pillows. No deep pressure on legs or belly.',
    therapist => 'Side-lying (not flat on back, not on front); no deep work on inner leg or calf; no abdomen; check for one-sided leg swelling.',
    pressure => 3, exclude => '{deep-tissue,hot-stone,ashiatsu,thai,cupping}', avoid => '{abdomen,legs_deep}', lying => '{side_lying}', require => '{prenatal}',
    basis => 'sourced: PREG-LIST, PREG-CAUTION');

select pg_temp.rule('HE-12g', 'MODIFY',
    fires => 'H12b has twins or H12b has high_risk and H12c = yes',
    cleared_by => 'prenatal-trained therapist',
    reason => 'Higher-risk pregnancy, cleared',
    client => 'Thank you. We will only show therapists trained in pregnancy massage.',
    therapist => 'Cleared higher-risk pregnancy: prenatal training, short, side-lying, no legs or belly; re-ask warning signs each visit.',
    pressure => 2, duration => 45, exclude => '{deep-tissue,hot-stone,ashiatsu,thai,cupping}', avoid => '{abdomen,legs_deep}', lying => '{side_lying}', require => '{prenatal}',
    basis => 'sourced: PREG-MTJ; general knowledge');

select pg_temp.rule('HE-12e', 'MODIFY',
    fires => 'H12 in (maybe, prefer_not)',
    cleared_by => 'therapist',
    reason => 'Possible pregnancy',
    client => 'We will use gentle pressure and no heat, to be safe.',
    therapist => 'Treat as early pregnancy.',
    pressure => 2, exclude => '{hot-stone,deep-tissue,ashiatsu}', avoid => '{abdomen}',
    basis => 'general knowledge');

select pg_temp.rule('HE-12f', 'MODIFY',
    fires => 'H12 = postpartum',
    cleared_by => 'therapist',
    reason => 'Six weeks after birth: clot risk, wound',
    client => 'Tell us about stitches or a cesarean. A sore, swollen leg needs a doctor today.',
    therapist => 'Postpartum: no deep leg work; treat a cesarean like an operation (HE-05).',
    pressure => 3, avoid => '{legs_deep,abdomen}',
    basis => 'general knowledge');

select pg_temp.rule('HE-13a', 'MODIFY',
    fires => 'H13 has seizures',
    cleared_by => 'therapist',
    reason => 'Seizure plan',
    client => 'Tell us your triggers and what to do if you have a seizure.',
    therapist => 'Seizure plan on file; avoid triggers (scent, light).',
    basis => 'general knowledge');

select pg_temp.rule('HE-13b', 'MODIFY',
    fires => 'H13 has reduced_sensation',
    cleared_by => 'therapist',
    reason => 'Reduced feeling',
    client => 'We will stay light where feeling is reduced.',
    therapist => 'Light pressure, no heat in area; help on and off the table.',
    pressure => 2, pressure_where => 'where feeling is reduced', exclude => '{hot-stone}',
    basis => 'general knowledge');

select pg_temp.rule('HE-13c', 'CLEARANCE',
    fires => 'H13 has (concussion, shunt)',
    cleared_by => 'clinician',
    reason => 'Recent concussion or shunt',
    client => 'Please ask your clinician first.',
    therapist => 'No neck/head work without OK.',
    avoid => '{neck,head}',
    basis => 'general knowledge');

select pg_temp.rule('HE-14a', 'CLEARANCE',
    fires => 'H14 has flare_now',
    cleared_by => 'self: when the flare settles, or clinician',
    reason => 'Acute inflammatory flare',
    client => 'Massage during a flare can hurt more. Book when it settles, or ask your clinician.',
    therapist => 'Active flare: postpone or light, away from inflamed joints.',
    avoid => '{inflamed_joints}',
    basis => 'sourced: DRO; general knowledge');

select pg_temp.rule('HE-14b', 'MODIFY',
    fires => 'H14 has (rheumatoid, axial_spa, lupus_other)',
    cleared_by => 'therapist',
    reason => 'Inflammatory disease: neck instability, fused or fragile spine, skin',
    client => 'We will be gentle with your neck and spine.',
    therapist => 'Rheumatoid arthritis: no forced neck movement. Axial spondyloarthritis: no forced spinal movement (fracture risk).',
    pressure => 3, exclude => '{ashiatsu,thai}', avoid => '{neck_forced_movement}',
    basis => 'general knowledge');

select pg_temp.rule('HE-14c', 'MODIFY',
    fires => 'H14 has hypermobility',
    cleared_by => 'therapist',
    reason => 'Loose joints',
    client => 'No strong stretching.',
    therapist => 'Avoid end-range stretching.',
    exclude => '{thai,muscle-energy}',
    basis => 'general knowledge');

select pg_temp.rule('HE-15', 'MODIFY',
    fires => 'H15 = yes',
    cleared_by => 'therapist',
    reason => 'Long-term steroids thin skin and bone',
    client => 'We will keep pressure light.',
    therapist => 'Fragile skin and bone: light pressure; see RF06.',
    pressure => 2, exclude => '{deep-tissue,cupping,iastm,ashiatsu}',
    basis => 'sourced: MBLEX');

select pg_temp.rule('HE-16', 'MODIFY',
    fires => 'H16 has (opioid_sedative, nerve_pain, patches_numbing, bp_dizzy)',
    cleared_by => 'therapist',
    reason => 'Dulled pain feedback, dizziness',
    client => 'Tell us at once if pressure feels too much, and sit up slowly. Do not drive if drowsy.',
    therapist => 'Pain feedback may be unreliable: lighter, check often. Patch site: no heat, no pressure.',
    pressure => 3, exclude => '{hot-stone}', avoid => '{patch_site}',
    basis => 'sourced: MBLEX');

select pg_temp.rule('HE-17a', 'MODIFY',
    fires => 'H17 has (nuts_seeds, coconut, fragrance, latex, adhesive, lanolin_beeswax, detergent, other) and H17a = mild',
    cleared_by => 'therapist',
    reason => 'Contact allergy',
    client => 'We will tell your therapist which products to avoid.',
    therapist => 'Use a product free of the listed allergen; wash table and hands.',
    product => '{allergen_free}',
    basis => 'sourced: ALLERGY');

-- Aromatherapy is left out whatever the allergen: what a blend of oils holds is seldom told in full.
select pg_temp.rule('HE-17b', 'MODIFY',
    fires => 'H17a = severe',
    cleared_by => 'therapist confirms before the visit',
    reason => 'Risk of anaphylaxis',
    client => 'We will only confirm your booking once the therapist says the room and products are free of it. Bring your epinephrine pen.',
    therapist => 'Severe allergy: confirm a room free of the allergen, remove products, no latex gloves; know the emergency plan. Decline if you cannot assure it.',
    exclude => '{aromatherapy}', product => '{allergen_free}', confirm => true,
    basis => 'sourced: ALLERGY');

-- Percussion is left out near the device only, so it is a place to avoid and not a technique that is left out.
select pg_temp.rule('HE-18', 'MODIFY',
    fires => 'H18 has (pacemaker_icd, stimulator_pump, insulin_device, port_line, fistula, joint_replacement, implant_other)',
    cleared_by => 'therapist',
    reason => 'Implanted device',
    client => 'We will not press on the device.',
    therapist => 'Local avoid; no electrical or magnetic tools near devices; fistula arm: no pressure.',
    avoid => '{device_site,percussion_near_device}',
    basis => 'general knowledge');

select pg_temp.rule('HE-19', 'CLEARANCE',
    fires => 'H19 in (kidney, liver)',
    cleared_by => 'clinician',
    reason => 'Advanced organ disease: bruising, fluid shifts',
    client => 'Please ask your doctor if gentle massage is fine.',
    therapist => 'Organ disease: ask severity; clearance if advanced or on dialysis.',
    pressure => 2, exclude => '{lymphatic-drainage}',
    basis => 'sourced: DIAB (kidney failure); general knowledge');

select pg_temp.rule('HE-20', 'CLEARANCE',
    fires => 'H20 = yes',
    cleared_by => 'clinician',
    reason => 'Clinician has advised against',
    client => 'Please check with that clinician first.',
    therapist => 'Clinician advised against massage, or limits it: see note.',
    basis => 'sourced: guides for clients (consult a healthcare professional)');

select pg_temp.rule('HE-23', 'MODIFY',
    fires => 'H23 lacks (front, in_person)',
    cleared_by => 'therapist',
    reason => 'Cannot lie prone',
    client => 'We will use side-lying or a chair.',
    therapist => 'No prone.',
    lying => '{side_lying_or_seated}',
    basis => 'general knowledge');

select pg_temp.rule('HE-00', 'MODIFY',
    fires => 'any S4 = in_person',
    cleared_by => 'therapist calls',
    reason => 'Client prefers to talk',
    client => 'Your therapist will call before your visit.',
    therapist => 'Call before hands-on.',
    pressure => 2, precall => true,
    basis => 'sourced: CMTO-PHI');

-- --- On the day

-- The safety check is asked again and says where to go; until then the strongest urgency holds.
select pg_temp.rule('DY-03', 'STOP', urgency => 'emergency',
    fires => 'D03 = yes',
    reason => 'New red flag on the day',
    client => 'Please do not come in. Answer the safety check again; it will tell you where to go.',
    therapist => 'New red flag today: do not treat.',
    basis => 'sourced: as RF rules');

select pg_temp.rule('DY-02', 'CLEARANCE',
    fires => 'D02 = yes',
    cleared_by => 'self: 48 h after symptoms end', self => true,
    reason => 'Contagious',
    client => 'Please move your visit; there is no charge for illness.',
    therapist => 'Reschedule.',
    not_before => '48h',
    basis => 'sourced: MBLEX');

select pg_temp.rule('DY-04', 'CLEARANCE',
    fires => 'D04 = yes',
    cleared_by => 'self: next day', self => true,
    reason => 'Cannot consent or feel pressure reliably',
    client => 'Please move your visit to another day.',
    therapist => 'Do not treat while intoxicated.',
    not_before => 'next_day',
    basis => 'sourced: ABMP-CONTRA (intoxication)');

select pg_temp.rule('DY-05', 'MODIFY',
    fires => 'D05 = yes',
    cleared_by => 'therapist',
    reason => 'New injury or skin problem',
    client => 'We will check it together before starting.',
    therapist => 'Ask again about broken bones and skin (HE-04, HE-06).',
    basis => 'general knowledge');

select pg_temp.rule('DY-01', 'MODIFY',
    fires => 'D01 = yes',
    cleared_by => 'therapist; re-open the form',
    reason => 'Health changed',
    client => 'Please update your form; it takes a minute.',
    therapist => 'Review changed answers before hands-on.',
    basis => 'sourced: WAC-565 (update each session)');

-- --- Default

select pg_temp.rule('OK-00', 'PROCEED',
    is_default => true,
    reason => 'No flags',
    client => 'Nothing you told us suggests massage is unsafe. If anything changes, tell your therapist or your doctor.',
    therapist => 'No flags reported. Screening is not an examination; use your judgment.',
    basis => 'general knowledge');

update questionnaire set state = 'published', published_at = now(), published_by = 'seed' where version = pg_temp.version();
