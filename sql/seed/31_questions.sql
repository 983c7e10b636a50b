-- The questions of version 1, a block each, in the order in which they are asked. The words of an option come after its short name; ! means that it
-- is chosen alone. Short names in conditions and rules are these. A question that is not shown has no answer.

-- --- S1: Safety check. Shown first, before an account is asked for. All but RF04, RF10 and RF11 are required.

select pg_temp.page('S1', 1, 'Chest, breathing and belly, right now');
select pg_temp.question('RF12', 'S1', 1, 'choice', required => true,
    ask => 'Right now, do you have chest pain, trouble breathing, fainting, a sudden tearing pain in the back or belly, or a throbbing lump in the belly?',
    missing => 'Choose yes or no',
    plain => 'Chest pain, trouble breathing, fainting, tearing pain or a throbbing lump in the belly, now',
    sign => 'Right now: chest pain, trouble breathing, fainting, a sudden tearing pain in the back or belly, or a throbbing lump in the belly',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No');

select pg_temp.page('S1', 2, 'Face, arms and speech in the last day');
select pg_temp.question('RF16', 'S1', 2, 'choice', required => true,
    ask => 'In the last day, have you had a drooping face, weak arm, slurred speech, sudden severe headache, or sudden loss of balance or vision?',
    missing => 'Choose yes or no',
    plain => 'Drooping face, weak arm, slurred speech, severe headache, loss of balance or vision, in the last day',
    sign => 'In the last day: a drooping face, weak arm, slurred speech, sudden severe headache, or sudden loss of balance or vision',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No');

select pg_temp.page('S1', 3, 'Feeling between the legs');
select pg_temp.question('RF01', 'S1', 3, 'choice', required => true,
    ask => 'Do you have numbness, tingling or an odd feeling around your genitals or anus, or on the inside of your thighs (where a saddle would touch)?',
    missing => 'Choose yes, no or not sure',
    plain => 'Numbness or tingling where a saddle would touch',
    sign => 'Numbness, tingling or an odd feeling around the genitals or anus, or on the inside of the thighs',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 4, 'Bladder and bowels');
select pg_temp.question('RF02', 'S1', 4, 'choice', required => true,
    ask => 'Since this back pain began, has it become hard to pee, have you leaked pee, stopped noticing when you need to go, or lost control of your bowels?',
    missing => 'Choose yes, no or not sure',
    plain => 'Change in bladder or bowel control since the back pain began',
    sign => 'Since the pain began: hard to pee, leaking pee, not noticing when I need to go, or no control of my bowels',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 5, 'Your legs');
select pg_temp.question('RF03', 'S1', 5, 'choice', required => true,
    ask => 'How are your legs?',
    missing => 'Choose what fits your legs best',
    plain => 'Legs',
    sign => 'A leg that is weaker, drags or gives way; or pain, tingling, numbness or weakness in both legs',
    signs => 1, harmless => 'fine',
    options => '
        fine: My legs are fine
        one_leg_weak: One leg is weaker, drags or gives way
        both_legs: Both legs hurt, tingle, feel numb or weak
        not_sure: I am not sure');
select pg_temp.question('RF03b', 'S1', 5, 'choice', required => true,
    ask => 'Is that weakness new, or getting worse?',
    missing => 'Choose whether the weakness is new or getting worse',
    plain => 'The weakness is new or getting worse',
    shown => 'RF03 = one_leg_weak',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 6, 'Feeling during sex');
select pg_temp.question('RF04', 'S1', 6, 'choice',
    ask => 'Has feeling or function during sex changed since the back pain began (for example numbness, or a new erection problem)?',
    hint => 'You can leave this one out.',
    missing => 'Choose an answer, or that you prefer not to say',
    plain => 'Change in feeling or function during sex since the back pain began',
    sign => 'Since the pain began: a change in feeling or function during sex',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure
        prefer_not: I prefer not to say');

select pg_temp.page('S1', 7, 'A hard knock');
select pg_temp.question('RF05', 'S1', 7, 'choice', required => true,
    ask => 'Did this pain start after a hard knock in the last 6 weeks, such as a road crash, a fall from a height or a heavy blow to the back?',
    missing => 'Choose yes or no',
    plain => 'Started after a hard knock in the last 6 weeks',
    sign => 'It started after a hard knock in the last 6 weeks: a road crash, a fall from a height, a heavy blow to the back',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('RF05a', 'S1', 7, 'choice', required => true,
    ask => 'Has a doctor or nurse checked your back since then?',
    missing => 'Choose whether your back was checked',
    plain => 'Back checked by a doctor or nurse since the knock',
    shown => 'RF05 = yes',
    options => '
        cleared: Yes, nothing is broken
        fracture: Yes, a break was found or suspected
        no: No');

select pg_temp.page('S1', 8, 'Fever or feeling very ill');
select pg_temp.question('RF07', 'S1', 8, 'choice', required => true,
    ask => 'Along with the back pain, do you have a fever, chills or night sweats, or feel seriously unwell?',
    missing => 'Choose yes or no',
    plain => 'Fever, chills, night sweats or feeling seriously unwell',
    sign => 'Fever, chills or night sweats, or feeling seriously unwell',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No');

select pg_temp.page('S1', 9, 'A swollen leg or arm');
select pg_temp.question('RF13', 'S1', 9, 'choice', required => true,
    ask => 'Is one leg (or arm) newly swollen, warm, red or tender, especially the calf?',
    missing => 'Choose yes, no or not sure',
    plain => 'One leg or arm newly swollen, warm, red or tender',
    sign => 'One leg or arm newly swollen, warm, red or tender, above all the calf',
    signs => 1, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 10, 'Cancer, now or in the past');
select pg_temp.question('RF10', 'S1', 10, 'choice',
    ask => 'Have you ever had cancer?',
    hint => 'You can leave this one out.',
    missing => 'Choose an answer, or that you prefer not to say',
    plain => 'Cancer, now or in the past',
    sign => 'Cancer, now or in the past',
    signs => 2, harmless => 'no',
    options => '
        yes: Yes
        no: No
        prefer_not: I prefer not to say');
select pg_temp.question('RF10a', 'S1', 10, 'choice', required => true,
    ask => 'Is this back pain new, different or getting worse?',
    missing => 'Choose yes, no or not sure',
    plain => 'The back pain is new, different or getting worse',
    shown => 'RF10 = yes',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 11, 'A sudden start in thin bones');
select pg_temp.question('RF06', 'S1', 11, 'choice', required => true,
    ask => 'Did the pain start suddenly after a small slip, lift or cough, and are you over 65, told you have thin bones, or on steroid tablets for 3 months or more?',
    hint => 'Choose yes only if both parts fit you.',
    missing => 'Choose yes, no or not sure',
    plain => 'Sudden start after a small strain, and over 65, thin bones or steroid tablets',
    sign => 'It started suddenly after a small slip, lift or cough, and I am over 65, have thin bones, or have taken steroid tablets for 3 months or more',
    signs => 2, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 12, 'Weight loss');
select pg_temp.question('RF08', 'S1', 12, 'choice', required => true,
    ask => 'Have you lost weight recently without trying?',
    missing => 'Choose yes, no or not sure',
    plain => 'Weight loss without trying',
    sign => 'Weight loss without trying',
    signs => 2, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 13, 'Pain day and night');
select pg_temp.question('RF09', 'S1', 13, 'choice', required => true,
    ask => 'Is the pain there day and night and not eased by resting or changing position?',
    missing => 'Choose yes, no or not sure',
    plain => 'Pain day and night, not eased by rest or position',
    sign => 'Pain day and night that does not ease with rest or another position',
    signs => 2, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 14, 'Infection and immune system');
select pg_temp.question('RF11', 'S1', 14, 'choice',
    ask => 'Do any of these fit you? You do not need to say which.',
    hint => '(a) an illness or medicine that weakens the immune system; (b) steroid tablets, now or for more than 3 months in the past year; (c) injecting drugs that were not prescribed, now or in the past; (d) a serious infection, or an operation, injection or drain in the spine, in the last 3 months; (e) tuberculosis. You can leave this one out.',
    missing => 'Choose an answer, or that you prefer not to say',
    plain => 'Weakened immune system, steroid tablets, injected drugs, recent serious infection or spine procedure, or tuberculosis (any of these)',
    sign => 'Any of these, and I need not say which: a weak immune system; steroid tablets, now or for more than 3 months in the past year; injected drugs that were not prescribed; a serious infection or anything done to the spine in the last 3 months; tuberculosis',
    signs => 2, harmless => 'no',
    options => '
        yes: Yes
        no: No
        prefer_not: I prefer not to say');

select pg_temp.page('S1', 15, 'Lumps and shape');
select pg_temp.question('RF14', 'S1', 15, 'choice', required => true,
    ask => 'Have you noticed a new lump on your back, or a change in its shape?',
    missing => 'Choose yes, no or not sure',
    plain => 'New lump on the back, or a change in its shape',
    sign => 'A new lump on the back, or a change in its shape',
    signs => 2, harmless => 'no',
    options => '
        yes: Yes
        no: No
        not_sure: I am not sure');

select pg_temp.page('S1', 16, 'What a clinician said', 'Some of your answers mean that someone with medical training should look first.');
select pg_temp.question('RF15', 'S1', 16, 'choice',
    ask => 'Have you told a doctor, nurse or physical therapist about this?',
    hint => 'Some of your answers mean that someone with medical training should look first.',
    missing => 'Choose whether you have told a doctor, nurse or physical therapist',
    plain => 'A doctor, nurse or physical therapist was told',
    options => '
        ok: Yes, and they said massage is fine
        waiting: Yes, I am waiting to hear
        no: No');
select pg_temp.question('RF15_date', 'S1', 16, 'date',
    ask => 'When did they say so?',
    hint => 'It counts for 30 days.',
    missing => 'Enter the date when they said so',
    plain => 'Day of the clinician’s word',
    shown => 'RF15 = ok');
select pg_temp.question('RF15_clinician', 'S1', 16, 'text',
    ask => 'Name of the doctor, nurse or physical therapist',
    hint => 'Your therapist will ask you about it.',
    missing => 'Enter the name of the doctor, nurse or physical therapist',
    plain => 'Clinician who said so',
    shown => 'RF15 = ok',
    high => 120);

-- --- S2: About you

select pg_temp.page('S2', 1, 'Who the visit is for', 'Age changes what is safe, and who has to agree.');
select pg_temp.question('A02', 'S2', 1, 'choice', required => true,
    ask => 'Who is the massage for?',
    missing => 'Choose who the massage is for',
    plain => 'Who the visit is for',
    options => '
        me: For me
        child: For a child I am the legal guardian of
        adult: For another adult');
select pg_temp.question('A01', 'S2', 1, 'date', required => true,
    ask => 'Date of birth',
    hint => 'Of the person who will have the massage. Why we ask: some rules depend on age.',
    missing => 'Enter a date of birth, like 1980-04-27',
    plain => 'Date of birth');

select pg_temp.page('S2', 2, 'Parent or guardian', 'Somebody under 18 needs a parent or legal guardian who agrees.');
select pg_temp.question('A03_name', 'S2', 2, 'text', required => true,
    ask => 'Name of the parent or legal guardian',
    missing => 'Enter the name of the parent or legal guardian',
    plain => 'Guardian',
    shown => 'age < 18',
    high => 120);
select pg_temp.question('A03_relationship', 'S2', 2, 'text', required => true,
    ask => 'How are you related to the child?',
    hint => 'For instance: mother, father, legal guardian.',
    missing => 'Say how you are related to the child',
    plain => 'Relationship of the guardian',
    shown => 'age < 18',
    high => 60);
select pg_temp.question('A03_consent_signed', 'S2', 2, 'choice', required => true,
    ask => 'Do you, as parent or legal guardian, agree to the massage and sign for it?',
    missing => 'Choose yes or no',
    plain => 'Guardian signs',
    shown => 'age < 18',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('A03_stay_in_room', 'S2', 2, 'choice', required => true,
    ask => 'Will you stay in the room?',
    hint => 'In some places the law wants you to stay.',
    missing => 'Choose yes or no',
    plain => 'Guardian stays in the room',
    shown => 'age < 18',
    options => '
        yes: Yes
        no: No');

select pg_temp.page('S2', 3, 'What would help you', 'So that the place is ready for you. You can leave this page empty.');
select pg_temp.question('A05_name', 'S2', 3, 'text',
    ask => 'Who should be called in an emergency?',
    missing => 'Enter a name, or leave it empty',
    plain => 'Emergency contact',
    high => 120);
select pg_temp.question('A05_phone', 'S2', 3, 'text',
    ask => 'Their telephone number',
    missing => 'Enter a telephone number, or leave it empty',
    plain => 'Telephone of the emergency contact',
    high => 40);

select pg_temp.question('A06', 'S2', 3, 'multi',
    ask => 'What would make the visit work for you?',
    missing => 'Choose what would help, or that you need nothing special',
    plain => 'What would help',
    options => '
        step_free: A way in without steps
        help_on_table: Help on and off the table
        cannot_lie_front: I cannot lie on my front
        large_print: Large print
        interpreter: An interpreter
        hearing_support: Help with hearing
        service_animal: I bring a service animal
        support_person: I bring somebody who supports me
        other: Something else
        none!: Nothing special');
select pg_temp.question('A06_other', 'S2', 3, 'text',
    ask => 'What else would help?',
    missing => 'Say what would help, or leave it empty',
    plain => 'Something else that would help',
    shown => 'A06 has other',
    high => 300);

-- --- S3: Your back pain

select pg_temp.page('S3', 1, 'Where it hurts, and how', 'You can choose on the figure or in the list: it is the same.');
select pg_temp.question('P01', 'S3', 1, 'areas', required => true,
    ask => 'Where does it hurt?',
    missing => 'Choose at least one place',
    plain => 'Where it hurts',
    options => '
        neck: Neck
        shoulder_l: Left shoulder
        shoulder_r: Right shoulder
        upper_back_l: Upper back, left
        upper_back_r: Upper back, right
        mid_back_l: Middle back, left
        mid_back_r: Middle back, right
        ribs_l: Ribs, left
        ribs_r: Ribs, right
        low_back_l: Low back, left
        low_back_centre: Low back, middle
        low_back_r: Low back, right
        sacrum: Between the buttocks, on the bone
        buttock_l: Left buttock
        buttock_r: Right buttock
        hip_l: Left hip
        hip_r: Right hip
        thigh_back_l: Back of the left thigh
        thigh_back_r: Back of the right thigh
        calf_l: Left calf
        calf_r: Right calf
        foot_l: Left foot
        foot_r: Right foot
        abdomen: Belly');

select pg_temp.question('P02', 'S3', 1, 'multi', required => true,
    ask => 'What is the pain like?',
    hint => 'Choose all that fit.',
    missing => 'Choose what the pain is like, or that it is hard to say',
    plain => 'What the pain is like',
    options => '
        localized: In one place
        radiating: It runs into another part, such as a leg or arm
        spasm: A muscle that cramps
        stiffness: Stiff
        ache: A dull ache
        sharp: Sharp
        burning_electric: Burning or like electricity
        not_sure: Hard to say');
select pg_temp.question('P03', 'S3', 1, 'multi', required => true,
    ask => 'Where does it spread to?',
    missing => 'Choose where it spreads to',
    plain => 'Where it spreads to',
    shown => 'P02 has radiating',
    options => '
        buttock: Buttock
        thigh: Thigh
        below_knee: Below the knee
        foot: Foot
        arm_hand: Arm or hand
        chest_or_belly: Round to the chest or belly
        elsewhere: Somewhere else');
select pg_temp.question('P03a', 'S3', 1, 'choice', required => true,
    ask => 'Any pins and needles or numb skin where it spreads?',
    missing => 'Choose whether there are pins and needles or numb skin',
    plain => 'Pins and needles or numb skin',
    shown => 'P02 has radiating',
    options => '
        none: No
        steady: Some, and it is not changing
        worse: It is new or getting worse');

select pg_temp.page('S3', 2, 'How long, and how it started', 'Not knowing is the usual case.');
select pg_temp.question('P04', 'S3', 2, 'choice', required => true,
    ask => 'How long has this bout lasted?',
    missing => 'Choose how long it has lasted',
    plain => 'How long',
    options => '
        acute: Less than 4 weeks
        subacute: 4 to 12 weeks
        chronic: More than 12 weeks
        recurrent: It comes and goes');
select pg_temp.question('P04a', 'S3', 2, 'choice', required => true,
    ask => 'Is this the first time you have had back pain?',
    missing => 'Choose yes or no',
    plain => 'First time',
    options => '
        yes: Yes
        no: No');

select pg_temp.question('P05', 'S3', 2, 'multi', required => true,
    ask => 'How do you think it started?',
    hint => 'What you think, or what you were told. Choose all that fit.',
    missing => 'Choose how it started, or that you do not know',
    plain => 'How it started',
    options => '
        muscle_strain: Muscle strain
        ligament_sprain: Ligament sprain
        sudden_movement: Sudden movement
        direct_trauma: A blow to the back
        improper_lifting: Lifting something awkwardly
        overuse: Overuse
        poor_posture: Posture
        prolonged_sitting: Sitting for long
        prolonged_standing: Standing for long
        accident: Accident, for instance in a car
        sports_injury: Sports injury
        fall: Fall
        arthritis: Arthritis
        osteoarthritis: Osteoarthritis of the spine
        scoliosis: Scoliosis
        herniated_disc: Herniated (slipped) disc
        sciatica: Sciatica or nerve root pain
        spinal_stenosis: Spinal stenosis
        spondylolisthesis: Spondylolisthesis
        degenerative_disc: Disc wear
        si_joint: Sacroiliac joint pain
        facet_joint: Facet joint pain
        piriformis: Buttock pain of the piriformis kind
        myofascial_pain: Myofascial pain, trigger points
        fibromyalgia: Fibromyalgia
        inflammatory_spine: Inflammation, for instance ankylosing spondylitis
        osteoporosis_fracture: Thin bones, an old compression fracture
        pregnancy: Pregnancy
        after_birth: After giving birth
        after_surgery: After surgery
        physical_work: Heavy or repetitive work
        stress_tension: Stress and tension
        unknown: I don’t know');

select pg_temp.question('P06', 'S3', 2, 'multi', required => true,
    ask => 'Has a clinician told you that you have any of these?',
    hint => 'Why we ask: some need a gentler hand or another way to lie.',
    missing => 'Choose what you were told, or none of these',
    plain => 'Told by a clinician',
    options => '
        herniated_disc: Herniated (slipped) disc
        arthritis_spine: Arthritis of the spine
        scoliosis: Scoliosis
        stenosis: Spinal stenosis
        spondylolisthesis: Spondylolisthesis (a bone of the spine has slid)
        degenerative_disc: Disc wear
        sciatica: Sciatica
        fibromyalgia: Fibromyalgia
        si_joint: Sacroiliac joint pain
        other: Something else
        none!: None of these');
select pg_temp.question('P06_other', 'S3', 2, 'text',
    ask => 'What were you told?',
    missing => 'Say what you were told, or leave it empty',
    plain => 'Something else told by a clinician',
    shown => 'P06 has other',
    high => 200);

select pg_temp.page('S3', 3, 'How strong, and what it gets in the way of', '0 is no pain, 10 is the worst you can imagine.');
select pg_temp.question('P07', 'S3', 3, 'number', required => true,
    ask => 'Average pain in the last 7 days',
    missing => 'Choose a number from 0 to 10',
    plain => 'Average pain in the last 7 days, 0 to 10',
    low => 0, high => 10,
    basis => 'generic scale, no owner: general knowledge; meaningful change sourced: OSTELO');
select pg_temp.question('P07b', 'S3', 3, 'number',
    ask => 'Worst pain in the last 7 days',
    missing => 'Choose a number from 0 to 10',
    plain => 'Worst pain in the last 7 days, 0 to 10',
    low => 0, high => 10,
    basis => 'generic scale, no owner: general knowledge');

select pg_temp.question('P08', 'S3', 3, 'multi', required => true,
    ask => 'What does it get in the way of?',
    missing => 'Choose what it gets in the way of, or none of these',
    plain => 'What it gets in the way of',
    options => '
        moving_about: Moving about
        sitting: Sitting
        standing: Standing
        bending: Bending
        lifting: Lifting
        walking: Walking
        sleeping: Sleeping
        work: Work
        productivity: Getting things done
        household: Household tasks
        care: Caring for others
        exercise: Sport and exercise
        mood: Mood
        stress: Stress
        social: Time with others
        quality_of_life: Enjoying life
        none!: None of these');

select pg_temp.page('S3', 4, 'Three things that are hard', 'Later you rate the same things again, and see what changed. You can leave this page empty.');
select pg_temp.question('P09_activity1', 'S3', 4, 'text',
    ask => 'First thing that is hard to do because of your back',
    hint => 'For instance: putting on socks, sitting through a movie.',
    missing => 'Name something that is hard to do, or leave it empty',
    plain => 'First thing that is hard to do',
    high => 120,
    basis => 'Patient-Specific Functional Scale (Stratford 1995); free clinical use: general knowledge');
select pg_temp.question('P09_rating1', 'S3', 4, 'number',
    ask => 'How well can you do it now? 0: I cannot do it. 10: as before.',
    missing => 'Choose a number from 0 to 10',
    plain => 'First thing: 0 cannot do it, 10 as before',
    shown => 'P09_activity1 answered',
    low => 0, high => 10,
    basis => 'Patient-Specific Functional Scale (Stratford 1995); free clinical use: general knowledge');
select pg_temp.question('P09_activity2', 'S3', 4, 'text',
    ask => 'Second thing that is hard to do because of your back',
    missing => 'Name something that is hard to do, or leave it empty',
    plain => 'Second thing that is hard to do',
    shown => 'P09_activity1 answered',
    high => 120,
    basis => 'Patient-Specific Functional Scale (Stratford 1995); free clinical use: general knowledge');
select pg_temp.question('P09_rating2', 'S3', 4, 'number',
    ask => 'How well can you do it now? 0: I cannot do it. 10: as before.',
    missing => 'Choose a number from 0 to 10',
    plain => 'Second thing: 0 cannot do it, 10 as before',
    shown => 'P09_activity2 answered',
    low => 0, high => 10,
    basis => 'Patient-Specific Functional Scale (Stratford 1995); free clinical use: general knowledge');
select pg_temp.question('P09_activity3', 'S3', 4, 'text',
    ask => 'Third thing that is hard to do because of your back',
    missing => 'Name something that is hard to do, or leave it empty',
    plain => 'Third thing that is hard to do',
    shown => 'P09_activity2 answered',
    high => 120,
    basis => 'Patient-Specific Functional Scale (Stratford 1995); free clinical use: general knowledge');
select pg_temp.question('P09_rating3', 'S3', 4, 'number',
    ask => 'How well can you do it now? 0: I cannot do it. 10: as before.',
    missing => 'Choose a number from 0 to 10',
    plain => 'Third thing: 0 cannot do it, 10 as before',
    shown => 'P09_activity3 answered',
    low => 0, high => 10,
    basis => 'Patient-Specific Functional Scale (Stratford 1995); free clinical use: general knowledge');

select pg_temp.page('S3', 5, 'What you have tried');
select pg_temp.question('P10', 'S3', 5, 'multi',
    ask => 'What else are you having for your back?',
    missing => 'Choose what else you are having, or nothing',
    plain => 'Other care',
    options => '
        physical_therapy: Physical therapy
        chiropractic: Chiropractic
        osteopathy: Osteopathy
        acupuncture: Acupuncture
        exercise: Exercise
        medicines: Medicines
        psychological: Talking therapy or pain coaching
        other: Something else
        nothing!: Nothing');

select pg_temp.question('P11', 'S3', 5, 'choice', required => true,
    ask => 'Have you had massage before? How was it?',
    missing => 'Choose how massage was for you, or that you never had one',
    plain => 'Massage before',
    options => '
        never: Never
        helped: It helped
        no_difference: It made no difference
        worse_after: I felt worse for more than 2 days');

select pg_temp.question('P12', 'S3', 5, 'text',
    ask => 'What makes it better or worse?',
    missing => 'Write it in 1,000 characters or fewer',
    plain => 'What makes it better or worse',
    high => 1000);

-- --- S4: Your health. Every choice can be left for the talk with the therapist (in_person).

select pg_temp.page('S4', 1, 'Blood and heart');
select pg_temp.question('H01', 'S4', 1, 'choice', required => true,
    ask => 'Have you ever had a blood clot (in a leg, lung or elsewhere)?',
    hint => 'Why we ask: massage can be dangerous while there is a clot.',
    missing => 'Choose whether you have had a blood clot',
    plain => 'Blood clot',
    options => '
        no: No
        recent: Yes: now, on treatment, or in the last 6 months
        past: Yes: more than 6 months ago, and treatment is finished
        not_sure: I am not sure
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H02', 'S4', 1, 'multi', required => true,
    ask => 'Do you bleed or bruise easily, or take medicine that thins the blood?',
    hint => 'Why we ask: firm pressure can leave bruises or bleeding.',
    missing => 'Choose what fits, or no',
    plain => 'Bleeding, bruising, blood thinners',
    options => '
        no!: No
        anticoagulant: A blood thinner, such as warfarin, apixaban, rivaroxaban or heparin
        antiplatelet: Daily aspirin, clopidogrel or similar
        bleeding_disorder: A bleeding disorder or low platelets
        not_sure: I am not sure
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H03', 'S4', 1, 'multi', required => true,
    ask => 'Heart and circulation',
    hint => 'Why we ask: massage moves blood and can lower or raise its pressure.',
    missing => 'Choose what fits, or none of these',
    plain => 'Heart and circulation',
    options => '
        none!: None of these
        htn_controlled: High blood pressure, well controlled
        htn_uncontrolled: High blood pressure, untreated or not controlled
        recent_event: Heart attack, stroke or mini-stroke in the last 3 months
        heart_failure_angina: Heart failure or angina
        aneurysm_arterial: Aneurysm or blocked arteries
        arrhythmia: Irregular heartbeat
        varicose: Varicose veins
        ankle_swelling: Both legs swell
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H03a_systolic', 'S4', 1, 'number',
    ask => 'Last blood pressure reading: upper number, if you know it',
    missing => 'Enter a number from 60 to 300, or leave it empty',
    plain => 'Blood pressure, upper number',
    shown => 'H03 has (htn_controlled, htn_uncontrolled)',
    low => 60, high => 300, unit => 'mmHg');
select pg_temp.question('H03a_diastolic', 'S4', 1, 'number',
    ask => 'Last blood pressure reading: lower number, if you know it',
    missing => 'Enter a number from 30 to 200, or leave it empty',
    plain => 'Blood pressure, lower number',
    shown => 'H03 has (htn_controlled, htn_uncontrolled)',
    low => 30, high => 200, unit => 'mmHg');

select pg_temp.page('S4', 2, 'Bones and operations');
select pg_temp.question('H04', 'S4', 2, 'choice', required => true,
    ask => 'Do you have a broken bone?',
    hint => 'Why we ask: a bone needs time to heal before it can take pressure.',
    missing => 'Choose whether you have a broken bone',
    plain => 'Broken bone',
    options => '
        no: No
        suspected: I think so, and it was not checked
        healing: Yes, in the last 12 weeks
        old: It has healed
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H04a', 'S4', 2, 'choice', required => true,
    ask => 'Where is it?',
    missing => 'Choose where the broken bone is',
    plain => 'Place of the broken bone',
    shown => 'H04 in (suspected, healing)',
    options => '
        spine_rib_pelvis_hip: Spine, rib, pelvis or hip
        limb: Arm or leg
        other: Somewhere else
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H09', 'S4', 2, 'choice', required => true,
    ask => 'Have you been told your bones are thin?',
    hint => 'Why we ask: thin bones can crack under pressure.',
    missing => 'Choose what you were told about your bones',
    plain => 'Thin bones',
    options => '
        no: No
        osteopenia: Somewhat thin (osteopenia)
        osteoporosis: Thin (osteoporosis)
        osteoporosis_fracture: Thin, with a break in the spine, hip or wrist
        not_sure: I am not sure
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H05', 'S4', 2, 'choice', required => true,
    ask => 'An operation, or an injection into the spine, in the last 12 weeks?',
    hint => 'Why we ask: wounds and deeper tissue need weeks to heal.',
    missing => 'Choose what you had in the last 12 weeks, or no',
    plain => 'Operation or injection in the last 12 weeks',
    options => '
        no: No
        spine_op: An operation on the spine
        other_op: An operation on chest, belly, a joint or elsewhere
        spine_injection: An injection into the spine
        minor: A minor skin procedure
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H05a_weeks', 'S4', 2, 'number', required => true,
    ask => 'How many weeks ago?',
    hint => 'Less than a week is 0. If it was more than 12 weeks ago, choose “No” above.',
    missing => 'Enter the weeks as a number from 0 to 12',
    plain => 'Weeks since then',
    shown => 'H05 in (spine_op, other_op, spine_injection, minor)',
    low => 0, high => 12, unit => 'weeks');
select pg_temp.question('H05a_ok', 'S4', 2, 'choice', required => true,
    ask => 'Has the surgeon or clinic said massage is fine?',
    missing => 'Choose yes or no',
    plain => 'Surgeon or clinic said massage is fine',
    shown => 'H05 in (spine_op, other_op, spine_injection, minor)',
    options => '
        yes: Yes
        no: No
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H05b', 'S4', 2, 'choice', required => true,
    ask => 'Any metalwork, fusion or implant in the spine?',
    hint => 'Why we ask: we do not press or twist there.',
    missing => 'Choose yes or no',
    plain => 'Metalwork, fusion or implant in the spine',
    options => '
        yes: Yes
        no: No
        in_person!: I would rather tell the therapist in person');

select pg_temp.page('S4', 3, 'Skin, infections and swelling');
select pg_temp.question('H06', 'S4', 3, 'multi', required => true,
    ask => 'Skin today',
    hint => 'Why we ask: we keep away from sore skin, and do not spread what is catching.',
    missing => 'Choose what fits your skin today, or none of these',
    plain => 'Skin today',
    options => '
        none!: None of these
        open_wound: A cut, ulcer, stitches, blister or burn
        bruise: A bruise
        sunburn: Sunburn
        infected_rash: Ringworm, scabies, impetigo, cold sore, shingles or similar
        hot_spreading: Hot, red skin that is spreading
        eczema_psoriasis: Eczema or psoriasis, dry or flaky, not weeping
        weeping: Skin that weeps
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H06a', 'S4', 3, 'areas', required => true,
    ask => 'Where on your skin?',
    missing => 'Choose where it is on your skin',
    plain => 'Where on the skin',
    shown => 'H06 has (open_wound, bruise, sunburn, infected_rash, hot_spreading, eczema_psoriasis, weeping)',
    options => '
        neck: Neck
        shoulder_l: Left shoulder
        shoulder_r: Right shoulder
        upper_back_l: Upper back, left
        upper_back_r: Upper back, right
        mid_back_l: Middle back, left
        mid_back_r: Middle back, right
        ribs_l: Ribs, left
        ribs_r: Ribs, right
        low_back_l: Low back, left
        low_back_centre: Low back, middle
        low_back_r: Low back, right
        sacrum: Between the buttocks, on the bone
        buttock_l: Left buttock
        buttock_r: Right buttock
        hip_l: Left hip
        hip_r: Right hip
        thigh_back_l: Back of the left thigh
        thigh_back_r: Back of the right thigh
        calf_l: Left calf
        calf_r: Right calf
        foot_l: Left foot
        foot_r: Right foot
        abdomen: Belly
        elsewhere: Somewhere else, such as an arm, a hand or the face');

select pg_temp.question('H07', 'S4', 3, 'choice', required => true,
    ask => 'Any infection or illness you could pass on?',
    hint => 'Why we ask: you would feel worse, and others could catch it.',
    missing => 'Choose what fits, or no',
    plain => 'Infection or illness that can be passed on',
    options => '
        none: No
        cold_flu: Cold, flu, COVID or stomach bug, now or in the last 48 hours
        antibiotics: I am being treated for an infection
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H08', 'S4', 3, 'multi', required => true,
    ask => 'Swelling or lymph nodes',
    hint => 'Why we ask: swollen parts need a very light hand and special training.',
    missing => 'Choose what fits, or none of these',
    plain => 'Swelling or lymph nodes',
    options => '
        none!: None of these
        lymphoedema_nodes: Lymphedema, or lymph nodes removed or treated with radiation
        unexplained_swelling: A swelling that nobody has explained
        in_person!: I would rather tell the therapist in person');

select pg_temp.page('S4', 4, 'Diabetes, cancer care and pregnancy');
select pg_temp.question('H10', 'S4', 4, 'multi', required => true,
    ask => 'Diabetes',
    hint => 'Why we ask: feeling, skin and sugar levels change what is safe.',
    missing => 'Choose what fits, or no',
    plain => 'Diabetes',
    options => '
        no!: No
        yes: Yes
        reduced_feeling: Less feeling in feet, legs or hands
        insulin: Insulin by injection, pump or sensor
        foot_ulcer: A sore on the foot
        frequent_lows: Low sugar in the last week
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H11', 'S4', 4, 'multi',
    ask => 'Cancer care',
    hint => 'Why we ask: gentle massage is often possible, with a trained therapist.',
    missing => 'Choose what fits, or leave it empty and the therapist will call you',
    plain => 'Cancer care',
    shown => 'RF10 = yes',
    options => '
        finished: Treatment ended more than 12 months ago
        active: Treatment now or in the last 12 months
        bone: It has spread to bone, or bones are weakened
        low_counts: I was told my platelets are low
        nodes_radiation: Lymph nodes were removed, or an area had radiation
        port: I have a port, PICC or stoma
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H12', 'S4', 4, 'choice', required => true,
    ask => 'Could you be pregnant?',
    hint => 'Why we ask: it changes how you lie, and which techniques are safe.',
    missing => 'Choose what fits, or that you prefer not to say',
    plain => 'Pregnancy',
    options => '
        no: No
        yes: Yes
        maybe: Maybe
        postpartum: I gave birth in the last 6 weeks
        prefer_not: I prefer not to say
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H12a', 'S4', 4, 'number', required => true,
    ask => 'How many weeks?',
    missing => 'Enter the weeks as a number from 1 to 43',
    plain => 'Weeks of pregnancy',
    shown => 'H12 = yes',
    low => 1, high => 43, unit => 'weeks');
select pg_temp.question('H12b', 'S4', 4, 'multi', required => true,
    ask => 'Any of these in this pregnancy?',
    hint => 'Why we ask: some of these need help at once, some a doctor’s OK.',
    missing => 'Choose what fits, or none of these',
    plain => 'In this pregnancy',
    shown => 'H12 in (yes, postpartum)',
    options => '
        none!: None of these
        danger_now: Bleeding, waters leaking, a severe headache, a change in vision, sudden swelling, or the baby moves less
        high_risk: High blood pressure or pre-eclampsia, a placenta problem, threatened early labor, a clot, or told “high risk”
        twins: Twins or more
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H12c', 'S4', 4, 'choice', required => true,
    ask => 'Has your midwife or doctor said massage is fine?',
    missing => 'Choose yes or no',
    plain => 'Midwife or doctor said massage is fine',
    shown => 'H12 in (yes, postpartum)',
    options => '
        yes: Yes
        no: No
        in_person!: I would rather tell the therapist in person');

select pg_temp.page('S4', 5, 'Nerves, joints and immune conditions');
select pg_temp.question('H13', 'S4', 5, 'multi', required => true,
    ask => 'Nerves and brain',
    hint => 'Why we ask: you may not feel when pressure is too much.',
    missing => 'Choose what fits, or none of these',
    plain => 'Nerves and brain',
    options => '
        none!: None of these
        seizures: Seizures
        reduced_sensation: A condition that reduces feeling or control, such as MS, stroke or neuropathy
        concussion: A concussion in the last 4 weeks
        shunt: A shunt in the brain
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H14', 'S4', 5, 'multi', required => true,
    ask => 'Joints and immune conditions',
    hint => 'Why we ask: inflamed, stiff or loose joints are easily hurt.',
    missing => 'Choose what fits, or none of these',
    plain => 'Joints and immune conditions',
    options => '
        none!: None of these
        rheumatoid: Rheumatoid arthritis
        axial_spa: Ankylosing spondylitis or similar
        lupus_other: Lupus or another immune condition
        flare_now: A flare right now
        hypermobility: Very bendy joints or Ehlers-Danlos
        in_person!: I would rather tell the therapist in person');

select pg_temp.page('S4', 6, 'Medicines, allergies and devices', 'Groups only: you do not have to name a medicine.');
select pg_temp.question('H15', 'S4', 6, 'choice', required => true,
    ask => 'Steroid tablets for 3 months or more?',
    hint => 'Why we ask: they thin skin and bones. Inhalers and creams do not count.',
    missing => 'Choose yes or no',
    plain => 'Steroid tablets for 3 months or more',
    options => '
        yes: Yes
        no: No
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H16', 'S4', 6, 'multi', required => true,
    ask => 'Anything that dulls pain or makes you drowsy or dizzy?',
    hint => 'Why we ask: you may not notice when pressure is too much.',
    missing => 'Choose what fits, or none of these',
    plain => 'Medicines that dull pain or make dizzy',
    options => '
        none!: None of these
        opioid_sedative: Strong painkillers, muscle relaxants, sleeping or anxiety tablets
        nerve_pain: Tablets for nerve pain, such as gabapentin or pregabalin
        patches_numbing: Pain patches or numbing cream
        bp_dizzy: Tablets that make you dizzy when you stand
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H17', 'S4', 6, 'multi', required => true,
    ask => 'Allergies or sensitivities',
    hint => 'Why we ask: oils, gloves and sheets touch your skin.',
    missing => 'Choose what fits, or none of these',
    plain => 'Allergies or sensitivities',
    options => '
        none!: None of these
        nuts_seeds: Nuts or seeds
        coconut: Coconut
        fragrance: Scents or essential oils
        latex: Latex
        adhesive: Bandages or tape
        lanolin_beeswax: Lanolin or beeswax
        detergent: Detergent
        other: Something else
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H17_other', 'S4', 6, 'text',
    ask => 'What else are you allergic to?',
    missing => 'Say what you are allergic to, or leave it empty',
    plain => 'Other allergy',
    shown => 'H17 has other',
    high => 200);
select pg_temp.question('H17a', 'S4', 6, 'choice', required => true,
    ask => 'How bad is the worst reaction?',
    missing => 'Choose how bad the worst reaction is',
    plain => 'Worst reaction',
    shown => 'H17 has (nuts_seeds, coconut, fragrance, latex, adhesive, lanolin_beeswax, detergent, other)',
    options => '
        mild: Itch or rash
        severe: Swelling or trouble breathing, or I carry an epinephrine pen
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H18', 'S4', 6, 'multi', required => true,
    ask => 'Devices in or on your body',
    hint => 'Why we ask: we do not press on a device.',
    missing => 'Choose what fits, or none of these',
    plain => 'Devices',
    options => '
        none!: None of these
        pacemaker_icd: Pacemaker or defibrillator
        stimulator_pump: Nerve stimulator or drug pump
        insulin_device: Insulin pump or sugar sensor
        port_line: Port or line
        fistula: Dialysis fistula
        joint_replacement: Artificial joint
        implant_other: Another implant
        in_person!: I would rather tell the therapist in person');

select pg_temp.question('H19', 'S4', 6, 'choice', required => true,
    ask => 'Kidney or liver disease?',
    hint => 'Why we ask: they make bruises and swelling more likely.',
    missing => 'Choose what fits, or no',
    plain => 'Kidney or liver disease',
    options => '
        no: No
        kidney: Kidney disease, dialysis too
        liver: Liver disease
        in_person!: I would rather tell the therapist in person');

select pg_temp.page('S4', 7, 'Lying, touch and anything else');
select pg_temp.question('H20', 'S4', 7, 'choice', required => true,
    ask => 'Has a clinician ever told you not to have massage, or to avoid some kinds?',
    hint => 'Why we ask: that advice comes first.',
    missing => 'Choose yes or no',
    plain => 'Told not to have massage, or to avoid some kinds',
    options => '
        yes: Yes
        no: No
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H20_which', 'S4', 7, 'text',
    ask => 'What did they say?',
    missing => 'Say what you were told, or leave it empty',
    plain => 'What the clinician said about massage',
    shown => 'H20 = yes',
    high => 300);

select pg_temp.question('H23', 'S4', 7, 'multi', required => true,
    ask => 'Which positions can you lie in for 20 minutes?',
    hint => 'Why we ask: so that you lie without pain.',
    missing => 'Choose the positions you can lie in',
    plain => 'Positions for 20 minutes',
    options => '
        front: On my front
        back: On my back
        side: On my side
        seated_only!: I can only sit
        in_person!: I would rather tell the therapist in person');
select pg_temp.question('H22', 'S4', 7, 'text',
    ask => 'Is there anything about touch, undressing or lying position that would help you feel safe?',
    hint => 'Only your therapist reads this.',
    missing => 'Write it in 1,000 characters or fewer',
    plain => 'What helps to feel safe',
    high => 1000);

select pg_temp.question('H21', 'S4', 7, 'text',
    ask => 'Anything else about your health the therapist should know?',
    missing => 'Write it in 1,000 characters or fewer',
    plain => 'Anything else about health',
    high => 1000);

-- --- S5: Goals and preferences

select pg_temp.page('S5', 1, 'What you hope for', 'You can leave out any question on this and the next pages.');
select pg_temp.question('G01', 'S5', 1, 'multi',
    ask => 'What would you like from massage?',
    missing => 'Choose what you hope for, or leave it empty',
    plain => 'Goals',
    options => '
        reduce_pain: Less pain
        relieve_tension: Looser muscles, fewer knots
        ease_spasm: Fewer spasms
        relax: To relax
        stress_relief: Less stress
        sleep: Better sleep
        flexibility: To be more flexible
        range_of_motion: To move further
        daily_activities: Everyday tasks with more ease
        recover_injury: Recovery after an injury, with my clinician
        circulation: To feel warmer and looser
        wellbeing: General well-being
        support_other_care: Support for my physical therapy or chiropractic
        stay_well: To keep it from coming back (no proof that massage prevents it)
        first_try: To see whether massage is for me');

select pg_temp.question('G02', 'S5', 1, 'number',
    ask => 'Pressure you like',
    hint => '1 is feather-light, 3 is medium, 5 is very firm. You can change your mind at any time.',
    missing => 'Choose a number from 1 to 5',
    plain => 'Pressure liked, 1 to 5',
    low => 1, high => 5);

select pg_temp.page('S5', 2, 'Areas to leave alone', 'Work near private zones is always through a sheet, only if you agree, and you can stop it at any time. Genitals, the cleft between the buttocks and breasts are never touched.');
select pg_temp.question('G03', 'S5', 2, 'areas',
    ask => 'Areas you do not want touched',
    hint => 'Leave it empty when there are none. You can say so during the visit too.',
    missing => 'Choose the areas, or leave it empty',
    plain => 'Areas not to be touched',
    options => '
        neck: Neck
        shoulder_l: Left shoulder
        shoulder_r: Right shoulder
        upper_back_l: Upper back, left
        upper_back_r: Upper back, right
        mid_back_l: Middle back, left
        mid_back_r: Middle back, right
        ribs_l: Ribs, left
        ribs_r: Ribs, right
        low_back_l: Low back, left
        low_back_centre: Low back, middle
        low_back_r: Low back, right
        sacrum: Between the buttocks, on the bone
        buttock_l: Left buttock
        buttock_r: Right buttock
        hip_l: Left hip
        hip_r: Right hip
        thigh_back_l: Back of the left thigh
        thigh_back_r: Back of the right thigh
        calf_l: Left calf
        calf_r: Right calf
        foot_l: Left foot
        foot_r: Right foot
        abdomen: Belly');

select pg_temp.question('G07_buttocks', 'S5', 2, 'choice',
    ask => 'May the therapist work through a sheet on the outer buttocks?',
    missing => 'Choose yes or no',
    plain => 'Outer buttocks, through a sheet',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('G07_inner_thigh', 'S5', 2, 'choice',
    ask => 'May the therapist work through a sheet on the upper inner thigh?',
    missing => 'Choose yes or no',
    plain => 'Upper inner thigh, through a sheet',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('G07_chest_wall', 'S5', 2, 'choice',
    ask => 'May the therapist work through a sheet on the chest wall muscles?',
    missing => 'Choose yes or no',
    plain => 'Chest wall muscles, through a sheet',
    options => '
        yes: Yes
        no: No');

select pg_temp.page('S5', 3, 'The room and the people');
select pg_temp.question('G04', 'S5', 3, 'multi',
    ask => 'Room preferences',
    missing => 'Choose what you like, or leave it empty',
    plain => 'Room',
    options => '
        warm_room: Warm room
        quiet_room: Quiet room
        no_interruptions: No interruptions
        soft_light: Soft light
        calm_music: Calm music
        cozy: Cozy
        silence_ok: Silence
        client_chooses_music: I choose the music
        scent_free: No scents
        blankets: Blankets
        heated_table: Heated table
        fresh_air: Fresh air
        talk_level_choice: I choose how much is said');

select pg_temp.question('G05', 'S5', 3, 'multi',
    ask => 'Therapist preferences',
    missing => 'Choose what you prefer, or leave it empty',
    plain => 'Therapist preferred',
    options => '
        female: A woman
        male: A man
        language: Somebody who speaks my language
        experience_back_pain: Much experience with back pain
        no_preference!: No preference');
select pg_temp.question('G06', 'S5', 3, 'choice',
    ask => 'Would you like someone with you?',
    missing => 'Choose whether somebody should be with you, or leave it empty',
    plain => 'Somebody in the room',
    options => '
        no: No
        bring_someone: I bring somebody
        chaperone_please: Somebody from the practice, please');

-- --- S6: Consent. What exactly is agreed to is told beside it, by the place (consent texts).

select pg_temp.page('S6', 1, 'What you agree to', 'Each of these is separate. You can take it back later.');
select pg_temp.question('K01', 'S6', 1, 'accept', required => true,
    ask => 'I understand this is not medical advice and does not replace seeing a doctor',
    missing => 'Tick the box if you understand this',
    options => '
        yes: I understand');
select pg_temp.question('K02', 'S6', 1, 'accept', required => true,
    ask => 'I agree to massage as described; I can change my mind or stop at any time',
    missing => 'Tick the box if you agree to the massage',
    options => '
        yes: I agree');

select pg_temp.question('K03', 'S6', 1, 'accept',
    ask => 'I agree to my health answers being stored to make massage safe',
    hint => 'Separate from the rest, and you can take it back. If you leave this box or the next one empty, we keep that you passed the check and nothing else, and your therapist asks you in person.',
    missing => 'Tick the box if your answers may be stored, or leave it empty',
    options => '
        yes: I agree');
select pg_temp.question('K04', 'S6', 1, 'accept',
    ask => 'Share these answers with my therapist, and with nobody else',
    missing => 'Tick the box if your therapist may read your answers, or leave it empty',
    options => '
        yes: I agree');
select pg_temp.question('K05', 'S6', 1, 'accept',
    ask => 'Share a summary with my clinician',
    missing => 'Tick the box or leave it empty',
    options => '
        yes: I agree');
select pg_temp.question('K06', 'S6', 1, 'accept',
    ask => 'Send me news and offers',
    missing => 'Tick the box or leave it empty',
    options => '
        yes: I agree');

select pg_temp.question('K07', 'S6', 1, 'text', required => true,
    ask => 'Type your full name',
    hint => 'This is your signature. Today’s date is kept with it.',
    missing => 'Type your full name to sign',
    plain => 'Signature',
    high => 120);

-- --- S7: On the day, before each visit

select pg_temp.page('S7', 1, 'How are you today?', 'A few quick questions before the visit.');
select pg_temp.question('D03', 'S7', 1, 'choice', required => true,
    ask => 'Any new numbness between the legs, trouble peeing, weak legs, chest pain, or swollen leg?',
    missing => 'Choose yes or no',
    plain => 'New numbness between the legs, trouble peeing, weak legs, chest pain or swollen leg',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('D01', 'S7', 1, 'choice', required => true,
    ask => 'Has anything about your health or back changed since you filled in the form?',
    missing => 'Choose yes or no',
    plain => 'Something changed since the form',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('D02', 'S7', 1, 'choice', required => true,
    ask => 'Fever, stomach bug, or anything catching in the last 48 hours?',
    missing => 'Choose yes or no',
    plain => 'Fever or anything catching in the last 48 hours',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('D04', 'S7', 1, 'choice', required => true,
    ask => 'Alcohol or recreational drugs in the last 12 hours?',
    missing => 'Choose yes or no',
    plain => 'Alcohol or drugs in the last 12 hours',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('D05', 'S7', 1, 'choice', required => true,
    ask => 'A new injury, wound or rash?',
    missing => 'Choose yes or no',
    plain => 'New injury, wound or rash',
    options => '
        yes: Yes
        no: No');
select pg_temp.question('D06', 'S7', 1, 'number',
    ask => 'Pain right now',
    hint => '0 is no pain, 10 is the worst you can imagine.',
    missing => 'Choose a number from 0 to 10',
    plain => 'Pain right now, 0 to 10',
    low => 0, high => 10,
    basis => 'generic scale, no owner: general knowledge');
