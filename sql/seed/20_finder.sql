-- What leads where in the guided finder. Weights, and which technique is left out for whom, are our judgment from the texts named as basis; they await
-- sign-off by a clinician like the rules of the safety check.

insert into finder_rule (said_id, guidance_id, weight, reason, alone)
select s.id, c.id, x.weight, x.reason, c.slug = 'pregnancy'
from (values
    ('region', '{neck}'::text[], 'neck-pain', 6, 'your neck hurts'),
    ('region', '{shoulder_l,shoulder_r,upper_back_l,upper_back_r}', 'upper-back', 6, 'it hurts around your shoulder blades'),
    ('region', '{mid_back_l,mid_back_r}', 'mid-back', 6, 'the middle of your back hurts'),
    ('region', '{ribs_l,ribs_r}', 'mid-back', 4, 'it hurts at the ribs'),
    ('region', '{low_back_l,low_back_centre,low_back_r,sacrum}', 'low-back', 6, 'it hurts low in your back'),
    ('region', '{buttock_l,buttock_r,hip_l,hip_r}', 'low-back', 4, 'it hurts around your pelvis'),
    ('region', '{low_back_l,low_back_centre,low_back_r,sacrum}', 'sciatica', 1, 'it hurts low in your back'),
    ('region', '{buttock_l,buttock_r,hip_l,hip_r}', 'sciatica', 2, 'it hurts around your pelvis'),
    ('region', '{thigh_back_l,thigh_back_r,calf_l,calf_r,foot_l,foot_r}', 'sciatica', 5, 'it hurts in your leg'),
    ('pain', '{radiating}', 'sciatica', 3, 'the pain runs into your leg or buttock'),
    ('pain', '{burning_electric}', 'sciatica', 1, 'it burns or feels like electricity'),
    ('pain', '{localized}', 'trigger-spot', 5, 'the pain is in one place'),
    ('pain', '{spasm}', 'spasm', 6, 'a muscle cramps'),
    ('pain', '{stiffness}', 'stiffness', 5, 'your back is stiff'),
    ('pain', '{ache}', 'chronic-tension', 2, 'it is a dull ache'),
    ('pain', '{sharp}', 'acute-strain', 1, 'the pain is sharp'),
    ('duration', '{acute}', 'acute-strain', 3, 'it is less than four weeks old'),
    ('duration', '{chronic}', 'chronic-tension', 3, 'it has lasted more than twelve weeks'),
    ('duration', '{recurrent}', 'chronic-tension', 2, 'it keeps coming back'),
    ('cause', '{muscle_strain,ligament_sprain,sudden_movement,improper_lifting}', 'acute-strain', 2, 'it began with a strain'),
    ('cause', '{muscle_strain,ligament_sprain}', 'after-injury', 3, 'it began with a strain'),
    ('cause', '{direct_trauma,accident,sports_injury,fall}', 'after-injury', 5, 'it began with an injury'),
    ('cause', '{after_surgery}', 'after-injury', 4, 'you had an operation'),
    ('cause', '{overuse,physical_work}', 'chronic-tension', 3, 'your back works hard'),
    ('cause', '{poor_posture,prolonged_sitting,prolonged_standing}', 'posture-desk', 5, 'it comes with long sitting or standing'),
    ('cause', '{arthritis,osteoarthritis,spinal_stenosis,degenerative_disc,facet_joint,inflammatory_spine}', 'arthritis', 6, 'the joints of your spine are worn or inflamed'),
    ('cause', '{scoliosis}', 'scoliosis', 7, 'your spine is curved to the side'),
    ('cause', '{herniated_disc}', 'sciatica', 5, 'you have a slipped disc'),
    ('cause', '{sciatica}', 'sciatica', 7, 'you were told it is the sciatic nerve'),
    ('cause', '{piriformis}', 'sciatica', 4, 'a muscle in the buttock may press on the nerve'),
    ('cause', '{spondylolisthesis,si_joint}', 'low-back', 4, 'it comes from low in your spine'),
    ('cause', '{myofascial_pain}', 'trigger-spot', 5, 'you have tender points'),
    ('cause', '{osteoporosis_fracture}', 'older-frail', 7, 'your bones are thin'),
    ('cause', '{fibromyalgia,stress_tension}', 'stress-sleep', 4, 'tension and poor rest are part of it'),
    ('cause', '{pregnancy}', 'pregnancy', 10, 'you are pregnant'),
    ('cause', '{after_birth}', 'pregnancy', 8, 'you gave birth, and therapists who are trained for pregnancy are trained for the weeks after it'),
    ('age', '{older_adults}', 'older-frail', 4, 'you are 65 or older'),
    ('goal', '{relieve_tension}', 'chronic-tension', 3, 'you hope for looser muscles'),
    ('goal', '{ease_spasm}', 'spasm', 4, 'you hope for fewer spasms'),
    ('goal', '{relax}', 'stress-sleep', 3, 'you want to relax'),
    ('goal', '{stress_relief}', 'stress-sleep', 4, 'you hope for less stress'),
    ('goal', '{sleep}', 'stress-sleep', 4, 'you hope for better sleep'),
    ('goal', '{wellbeing,circulation}', 'stress-sleep', 2, 'you want to feel well'),
    ('goal', '{flexibility}', 'stiffness', 4, 'you want to be more flexible'),
    ('goal', '{range_of_motion}', 'stiffness', 4, 'you want to move further'),
    ('goal', '{recover_injury}', 'after-injury', 4, 'you want to recover from an injury'),
    ('goal', '{support_other_care}', 'after-injury', 4, 'it should go with your other care'),
    ('goal', '{stay_well}', 'posture-desk', 2, 'you want to keep it from coming back')) x (kind, said, fits, weight, reason)
join tag s on s.kind = x.kind and s.slug = any (x.said) join tag c on c.kind = 'complaint' and c.slug = x.fits
union all
select s.id, g.id, 4, x.reason, false
from (values
    ('reduce_pain', 'reduce_pain', 'you hope for less pain'), ('daily_activities', 'reduce_pain', 'you want everyday tasks with more ease'),
    ('relieve_tension', 'relieve_tension', 'you hope for looser muscles'), ('ease_spasm', 'ease_spasm', 'you hope for fewer spasms'), ('relax', 'relax', 'you want to relax'),
    ('stress_relief', 'stress_relief', 'you hope for less stress'), ('sleep', 'sleep', 'you hope for better sleep'), ('flexibility', 'flexibility', 'you want to be more flexible'),
    ('range_of_motion', 'range_of_motion', 'you want to move further'), ('recover_injury', 'recover_injury', 'you want to recover from an injury'),
    ('wellbeing', 'wellbeing', 'you want to feel well'), ('circulation', 'wellbeing', 'you want to feel warmer and looser'),
    ('first_try', 'first_try', 'you want to see whether massage is for you')) x (said, fits, reason)
join tag s on s.kind = 'goal' and s.slug = x.said join tag g on g.kind = 'goal' and g.slug = x.fits
on conflict (said_id, guidance_id) do update set weight = excluded.weight, reason = excluded.reason, alone = excluded.alone where finder_rule.edited_at is null;

insert into finder_limit (tag_id, pressure_max, exclude, beside, reason, basis)
select t.id, x.pressure_max, x.exclude, x.beside, x.reason, x.basis
from (values
    ('duration', 'acute', 3, '{deep-tissue,ashiatsu,thai,cross-fiber-friction,iastm,structural-integration}'::text[], '',
        'In the first four weeks no deep or strong work, least of all on the sore place.', 'American College of Physicians, 2017; practice texts'),
    ('complaint', 'sciatica', 3, '{deep-tissue,ashiatsu,thai,trigger-point,cross-fiber-friction,percussion,structural-integration,active-release}', 'exercise',
        'No deep pressure on the nerve or low in the back; lying on your side is often easiest.', 'guideline of the Dutch physiotherapists (KNGF), 2021; NICE NG59'),
    ('complaint', 'spasm', 4, '{thai,muscle-energy,active-release,deep-tissue}', '', 'No hard stretching while the muscle is in spasm.', 'general knowledge'),
    ('complaint', 'pregnancy', 2, '{deep-tissue,hot-stone,ashiatsu,thai,cupping}', '', 'Gentle work by a therapist trained for pregnancy; no heat, no pressure on the belly.', 'practice texts on pregnancy'),
    ('cause', 'after_birth', 3, '{deep-tissue,hot-stone,ashiatsu,thai,cupping}', '', 'In the six weeks after giving birth no deep work on the legs or belly.', 'general knowledge'),
    ('cause', 'herniated_disc', 3, '{deep-tissue,ashiatsu,thai}', '', 'With a slipped disc no strong pressure and no twisting.', 'reports of harm after forceful massage (Yin 2014)'),
    ('cause', 'spondylolisthesis', 3, '{ashiatsu,thai}', '', 'No strong pressure down on the low back.', 'general knowledge'),
    ('cause', 'inflammatory_spine', 3, '{ashiatsu,thai}', '', 'No forced movement of the neck or spine, and nothing during a flare.', 'general knowledge'),
    ('cause', 'fibromyalgia', 2, '{deep-tissue,ashiatsu}', '', 'Start light, and see how you feel the day after.', 'general knowledge'),
    ('cause', 'osteoporosis_fracture', 1, '{deep-tissue,ashiatsu,thai,percussion,trigger-point}', '', 'Only very light touch on the spine and ribs.', 'ABMP on osteoporosis; National Center for Complementary and Integrative Health'),
    ('cause', 'after_surgery', 2, '{deep-tissue,ashiatsu,thai}', '', 'Light work, away from the wound, once the surgeon agrees.', 'practice texts'),
    ('age', 'older_adults', 3, '{ashiatsu}', '', 'Bones are often thin without a sign: light to medium pressure on back and ribs.', 'ABMP on osteoporosis')) x (kind, slug, pressure_max, exclude, beside, reason, basis)
join tag t using (kind, slug)
on conflict (tag_id) do update set pressure_max = excluded.pressure_max, exclude = excluded.exclude, beside = excluded.beside, reason = excluded.reason, basis = excluded.basis
    where finder_limit.edited_at is null;

insert into finder_note (tag_id, part, position, text, basis, guide)
select t.id, x.part, x.position, x.text, x.basis, x.guide
from (values
    ('region', 'abdomen', 'first', 0, 'Pain in the belly, or that wraps round to it, should be looked at by a doctor before any massage.', 'general knowledge', 'warning-signs'),
    ('region', 'ribs_l', 'first', 0, 'Pain that wraps round the chest should be looked at by a doctor before any massage.', 'general knowledge', 'warning-signs'),
    ('region', 'ribs_r', 'first', 0, 'Pain that wraps round the chest should be looked at by a doctor before any massage.', 'general knowledge', 'warning-signs'),
    ('pain', 'burning_electric', 'first', 0, 'If a numb patch is new or grows, have it looked at before a massage. If a leg gets weak or you go numb between the legs, get help at once.',
        'NHS pathway on back pain; general knowledge', 'warning-signs'),
    ('complaint', 'sciatica', 'first', 0, 'Massage alone is not advised for pain that runs into the leg. It may ease tight muscles beside exercise, best together with a physical therapist. Look after 3 visits whether it helps.',
        'NICE NG59: only together with exercise; KNGF 2021: not for nerve-root pain', 'keep-moving'),
    ('complaint', 'pregnancy', 'first', 0, 'Tell your midwife or doctor before the first visit. Bleeding, cramps, a severe headache or sudden swelling: call them now, and do not wait for a massage.',
        'practice texts on pregnancy', ''),
    ('cause', 'after_surgery', 'first', 0, 'In the first twelve weeks after an operation ask the surgeon first.', 'practice texts', ''),
    ('cause', 'osteoporosis_fracture', 'first', 0, 'Ask your doctor whether light massage is fine for you before you book.', 'National Center for Complementary and Integrative Health', ''),
    ('cause', 'accident', 'first', 0, 'After an accident or a fall have your back looked at first.', 'general knowledge', 'warning-signs'),
    ('cause', 'fall', 'first', 0, 'After an accident or a fall have your back looked at first.', 'general knowledge', 'warning-signs'),
    ('duration', 'acute', 'time', 0, 'Most back pain this new gets better within weeks, whatever one does. Massage is one of several first choices, with low-quality evidence.',
        'American College of Physicians, 2017', 'keep-moving'),
    ('duration', 'subacute', 'time', 0, 'Most people are better by three months. Massage may ease pain for a short time; the studies are small and very uncertain.', 'Cochrane review, 2015', 'keep-moving'),
    ('duration', 'chronic', 'time', 0, 'After three months exercise is the first choice. Massage may be offered beside it; whether it helps is very uncertain.',
        'American College of Physicians, 2017; NICE NG59; World Health Organization, 2023', 'keep-moving'),
    ('duration', 'recurrent', 'time', 0, 'Back pain often comes and goes. There is no proof that massage keeps it away; staying active is what guidelines advise.', 'NICE NG59; general knowledge', 'keep-moving'),
    ('goal', 'stay_well', 'time', 0, 'There is no proof that massage keeps back pain from coming back.', 'no study found', ''),
    ('goal', 'recover_injury', 'time', 0, 'Agree the plan with the clinician who looks after your injury.', 'our judgment', ''),
    ('goal', 'stress_relief', 'time', 0, 'Massage is not a treatment for depression. If your mood is low on most days, talk to your doctor.', 'general knowledge', ''),
    ('duration', 'acute', 'self', 0, 'Go on with your day as far as you can bear it. Bed rest makes a back stiff and weak.', 'NICE NG59; American College of Physicians, 2017', 'keep-moving'),
    ('duration', 'acute', 'self', 1, 'Warmth: a heat wrap or a hot water bottle in a cloth, 20 minutes.', 'American College of Physicians, 2017: moderate-quality evidence', ''),
    ('duration', 'chronic', 'self', 0, 'Exercise that you will keep doing: walking, swimming, strength work, yoga. Start with ten minutes twice a day.', 'American College of Physicians, 2017; NICE NG59', 'keep-moving'),
    ('duration', 'recurrent', 'self', 0, 'On good days move more, a little further every third day.', 'our judgment', 'keep-moving'),
    ('complaint', 'sciatica', 'self', 0, 'Short walks and often, as far as the leg lets you. Change position before it gets worse.', 'NICE NG59: stay active', 'keep-moving'),
    ('complaint', 'spasm', 'self', 0, 'Warmth, slow breathing, and a position of ease. Do not force a stretch.', 'American College of Physicians, 2017 (heat); general knowledge', ''),
    ('complaint', 'posture-desk', 'self', 0, 'Each hour of sitting, stand up and move for two minutes. No posture is perfect: the next one is the best one.', 'our judgment', 'keep-moving'),
    ('complaint', 'stress-sleep', 'self', 0, 'Ten slow breaths, in through the nose, longer out than in; before bed as well.', 'general knowledge', '')) x (kind, slug, part, position, text, basis, guide)
join tag t using (kind, slug)
on conflict (tag_id, part, position) do update set text = excluded.text, basis = excluded.basis, guide = excluded.guide where finder_note.edited_at is null;

insert into finder_private
select id from tag where kind = 'technique' and slug in ('prenatal', 'oncology', 'geriatric', 'lymphatic-drainage', 'scar-work')
on conflict do nothing;
