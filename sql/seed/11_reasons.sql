-- Why people come: what may be behind the pain, what it is like, what it gets in the way of, what they hope for. Causes are what somebody thinks or was
-- told, never a diagnosis; hook is the screening rule one leads to.

insert into tag (id, kind, position, slug, label, part, hook, about, basis)
select 300 + n, 'cause', n, slug, label, part, hook, about, basis from (values
    (0, 'muscle_strain', 'Muscle strain', 'injury', '', 'A muscle that was pulled too far.', 'guides for clients'),
    (1, 'ligament_sprain', 'Ligament sprain', 'injury', '', 'A band between bones that was pulled too far.', 'guides for clients'),
    (2, 'sudden_movement', 'Sudden movement', 'injury', '', '', 'guides for clients'),
    (3, 'direct_trauma', 'A blow to the back', 'injury', 'RF05', '', 'guides for clients'),
    (4, 'improper_lifting', 'Lifting something awkwardly', 'injury', '', '', 'guides for clients'),
    (5, 'overuse', 'Overuse', 'load', '', 'Too much of the same movement.', 'guides for clients'),
    (6, 'poor_posture', 'Posture', 'load', '', '', 'guides for clients'),
    (7, 'prolonged_sitting', 'Sitting for long', 'load', '', '', 'guides for clients'),
    (8, 'prolonged_standing', 'Standing for long', 'load', '', '', 'guides for clients'),
    (9, 'accident', 'Accident, for instance in a car', 'injury', 'RF05', 'See a doctor first.', 'guides for clients'),
    (10, 'sports_injury', 'Sports injury', 'injury', 'RF05', 'After a hard impact see a doctor first.', 'guides for clients'),
    (11, 'fall', 'Fall', 'injury', 'RF05 RF06', 'See a doctor first.', 'guides for clients'),
    (12, 'arthritis', 'Arthritis', 'condition', 'H14', '', 'guides for clients'),
    (13, 'osteoarthritis', 'Osteoarthritis of the spine', 'condition', '', 'Wear of the small joints of the spine.', 'guides for clients'),
    (14, 'scoliosis', 'Scoliosis', 'condition', '', 'Massage does not straighten the curve.', 'guides for clients'),
    (15, 'herniated_disc', 'Herniated (slipped) disc', 'condition', 'PA-06a RF03', '', 'guides for clients'),
    (16, 'sciatica', 'Sciatica or nerve root pain', 'condition', 'PA-03c', '', 'guides for clients'),
    (17, 'spinal_stenosis', 'Spinal stenosis', 'condition', 'PA-06b', 'Less room for the nerves in the spine.', 'general knowledge'),
    (18, 'spondylolisthesis', 'Spondylolisthesis', 'condition', 'PA-06c', 'One bone of the spine has slid over the next.', 'general knowledge'),
    (19, 'degenerative_disc', 'Disc wear', 'condition', '', '', 'general knowledge'),
    (20, 'si_joint', 'Sacroiliac joint pain', 'condition', '', 'Between the spine and the pelvis.', 'general knowledge'),
    (21, 'facet_joint', 'Facet joint pain', 'condition', '', '', 'general knowledge'),
    (22, 'piriformis', 'Buttock pain of the piriformis kind', 'condition', 'PA-03c', '', 'general knowledge'),
    (23, 'myofascial_pain', 'Myofascial pain, trigger points', 'condition', '', '', 'general knowledge'),
    (24, 'fibromyalgia', 'Fibromyalgia', 'condition', 'PA-06d', '', 'general knowledge'),
    (25, 'inflammatory_spine', 'Inflammation, for instance ankylosing spondylitis', 'condition', 'H14', '', 'general knowledge'),
    (26, 'osteoporosis_fracture', 'Thin bones, an old compression fracture', 'condition', 'H09 RF06', '', 'general knowledge'),
    (27, 'pregnancy', 'Pregnancy', 'life_stage', 'H12', '', 'general knowledge'),
    (28, 'after_birth', 'After giving birth', 'life_stage', 'H12', '', 'general knowledge'),
    (29, 'after_surgery', 'After surgery', 'injury', 'H05', 'Once the surgeon agrees.', 'general knowledge'),
    (30, 'physical_work', 'Heavy or repetitive work', 'load', '', '', 'general knowledge'),
    (31, 'stress_tension', 'Stress and tension', 'load', '', '', 'general knowledge'),
    (32, 'unknown', 'Nobody knows', '', '', 'The usual case: at least nine in ten people with long-lasting low back pain have no disease behind it.', 'World Health Organization, 2023'))
    x (n, slug, label, part, hook, about, basis) order by n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, part = excluded.part, hook = excluded.hook, basis = excluded.basis,
    position = excluded.position where tag.edited_at is null;

insert into tag (id, kind, position, slug, label, about, basis)
select 400 + n, 'goal', n, slug, label, about, basis from (values
    (0, 'reduce_pain', 'Less pain', '', 'guides for clients'),
    (1, 'relieve_tension', 'Looser muscles, fewer knots', '', 'guides for clients'),
    (2, 'ease_spasm', 'Fewer spasms', '', 'guides for clients'),
    (3, 'relax', 'To relax', '', 'guides for clients'),
    (4, 'stress_relief', 'Less stress', '', 'guides for clients'),
    (5, 'sleep', 'Better sleep', '', 'guides for clients'),
    (6, 'flexibility', 'To be more flexible', '', 'guides for clients'),
    (7, 'range_of_motion', 'To move further', '', 'guides for clients'),
    (8, 'daily_activities', 'Everyday tasks with more ease', '', 'guides for clients'),
    (9, 'recover_injury', 'Recovery after an injury', 'Together with your clinician.', 'guides for clients'),
    (10, 'circulation', 'To feel warmer and looser', '', 'guides for clients'),
    (11, 'wellbeing', 'General well-being', '', 'guides for clients'),
    (12, 'support_other_care', 'Beside physical therapy or chiropractic', '', 'guides for clients'),
    (13, 'stay_well', 'To keep it from coming back', 'There is no proof that massage prevents back pain.', 'general knowledge'),
    (14, 'first_try', 'To see whether massage is for me', '', 'general knowledge'))
    x (n, slug, label, about, basis) order by n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, basis = excluded.basis, position = excluded.position where tag.edited_at is null;

insert into tag (id, kind, position, slug, label, about, basis)
select first + n, kind, n, slug, label, about, basis from (values
    (350, 'pain', 0, 'localized', 'In one place', '', 'guides for clients'),
    (350, 'pain', 1, 'radiating', 'Runs into the leg or buttock', '', 'guides for clients'),
    (350, 'pain', 2, 'spasm', 'A muscle that cramps', '', 'guides for clients'),
    (350, 'pain', 3, 'stiffness', 'Stiff', '', 'general knowledge'),
    (350, 'pain', 4, 'ache', 'A dull ache', '', 'general knowledge'),
    (350, 'pain', 5, 'sharp', 'Sharp', '', 'general knowledge'),
    (350, 'pain', 6, 'burning_electric', 'Burning or like electricity', '', 'general knowledge'),
    (350, 'pain', 7, 'not_sure', 'Hard to say', '', 'general knowledge'),
    (360, 'duration', 0, 'acute', 'Less than 4 weeks', '', 'American College of Physicians, 2017; some say 6 weeks'),
    (360, 'duration', 1, 'subacute', '4 to 12 weeks', '', 'American College of Physicians, 2017'),
    (360, 'duration', 2, 'chronic', 'More than 12 weeks', '', 'World Health Organization, 2023'),
    (360, 'duration', 3, 'recurrent', 'It comes and goes', '', 'general knowledge'),
    (365, 'region', 0, 'neck', 'Neck', '', 'our judgment'), (365, 'region', 1, 'shoulder_l', 'Left shoulder', '', 'our judgment'),
    (365, 'region', 2, 'shoulder_r', 'Right shoulder', '', 'our judgment'), (365, 'region', 3, 'upper_back_l', 'Upper back, left', '', 'our judgment'),
    (365, 'region', 4, 'upper_back_r', 'Upper back, right', '', 'our judgment'), (365, 'region', 5, 'mid_back_l', 'Middle back, left', '', 'our judgment'),
    (365, 'region', 6, 'mid_back_r', 'Middle back, right', '', 'our judgment'), (365, 'region', 7, 'ribs_l', 'Ribs, left', '', 'our judgment'),
    (365, 'region', 8, 'ribs_r', 'Ribs, right', '', 'our judgment'), (365, 'region', 9, 'low_back_l', 'Low back, left', '', 'our judgment'),
    (365, 'region', 10, 'low_back_centre', 'Low back, middle', '', 'our judgment'), (365, 'region', 11, 'low_back_r', 'Low back, right', '', 'our judgment'),
    (365, 'region', 12, 'sacrum', 'Between the buttocks, on the bone', '', 'our judgment'), (365, 'region', 13, 'buttock_l', 'Left buttock', '', 'our judgment'),
    (365, 'region', 14, 'buttock_r', 'Right buttock', '', 'our judgment'), (365, 'region', 15, 'hip_l', 'Left hip', '', 'our judgment'),
    (365, 'region', 16, 'hip_r', 'Right hip', '', 'our judgment'), (365, 'region', 17, 'thigh_back_l', 'Back of the left thigh', '', 'our judgment'),
    (365, 'region', 18, 'thigh_back_r', 'Back of the right thigh', '', 'our judgment'), (365, 'region', 19, 'calf_l', 'Left calf', '', 'our judgment'),
    (365, 'region', 20, 'calf_r', 'Right calf', '', 'our judgment'), (365, 'region', 21, 'foot_l', 'Left foot', '', 'our judgment'),
    (365, 'region', 22, 'foot_r', 'Right foot', '', 'our judgment'), (365, 'region', 23, 'abdomen', 'Belly', '', 'our judgment'),
    (430, 'effect', 0, 'moving_about', 'Moving about', '', 'guides for clients'), (430, 'effect', 1, 'sitting', 'Sitting', '', 'guides for clients'),
    (430, 'effect', 2, 'standing', 'Standing', '', 'guides for clients'), (430, 'effect', 3, 'bending', 'Bending', '', 'guides for clients'),
    (430, 'effect', 4, 'lifting', 'Lifting', '', 'general knowledge'), (430, 'effect', 5, 'walking', 'Walking', '', 'general knowledge'),
    (430, 'effect', 6, 'sleeping', 'Sleeping', '', 'guides for clients'), (430, 'effect', 7, 'work', 'Work', '', 'guides for clients'),
    (430, 'effect', 8, 'productivity', 'Getting things done', '', 'guides for clients'), (430, 'effect', 9, 'household', 'Household tasks', '', 'guides for clients'),
    (430, 'effect', 10, 'care', 'Caring for others', '', 'general knowledge'), (430, 'effect', 11, 'exercise', 'Sport and exercise', '', 'general knowledge'),
    (430, 'effect', 12, 'mood', 'Mood', '', 'guides for clients'), (430, 'effect', 13, 'stress', 'Stress', '', 'guides for clients'),
    (430, 'effect', 14, 'social', 'Time with others', '', 'general knowledge'), (430, 'effect', 15, 'quality_of_life', 'Enjoying life', '', 'guides for clients'))
    x (first, kind, n, slug, label, about, basis) order by first, n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, basis = excluded.basis, position = excluded.position where tag.edited_at is null;
